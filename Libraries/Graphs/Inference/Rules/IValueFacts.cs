namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>What an analysis has found out about values so far: what rules read of their inputs.</summary>
internal interface IValueFacts
{
    /// <summary>Contents of constants by name.</summary>
    Dictionary<string, Tensor> Constants { get; }

    /// <summary>Type and shape; null where nothing is known.</summary>
    ValueInfo? Find(string name);

    /// <summary>The contents of a small integer value, possibly with unknown elements; null where nothing is known.</summary>
    IReadOnlyList<Dimension>? IntegersOf(string name);
}
