namespace QatPipeline.Coco.Data;

/// <summary>Which of the folders that a <c>data.yaml</c> names.</summary>
public enum DataSubset
{
    /// <summary>Its <c>train</c>.</summary>
    Train,
    /// <summary>Its <c>val</c>.</summary>
    Val,
    /// <summary>Its <c>test</c>.</summary>
    Test,
}
