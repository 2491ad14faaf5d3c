using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Inference;

/// <summary>One operator with its inputs: those listed as data are graph inputs, the rest constants.</summary>
internal sealed record OperatorCase(string Name, string OpType, Tensor?[] Inputs, (string, AttributeValue)[] Attributes)
{
    public int Opset { get; init; } = 17;

    public int Outputs { get; init; } = 1;

    /// <summary>How many of the inputs are fed at run time; the others are initializers.</summary>
    public int DataInputs { get; init; } = 1;

    /// <summary>True when the library computes the operator itself where all inputs are constants.</summary>
    public bool Folds { get; init; }

    /// <summary>True when the output's shape depends on the values: only its rank is known.</summary>
    public bool HasOpenShape { get; init; }

    /// <summary>The operator as a graph; all inputs are constants on request.</summary>
    public Graph ToGraph(bool allConstant)
    {
        var builder = new GraphBuilder(Opset);
        for (var index = 0; index < Inputs.Length; index++)
        {
            if (Inputs[index] is { } tensor)
            {
                _ = allConstant || index >= DataInputs
                    ? builder.Constant($"i{index}", tensor)
                    : builder.Input($"i{index}", tensor.Type, [.. tensor.Dimensions.Select(Dimension.ToDimension)]);
            }
        }

        var inputs = string.Join(' ', Inputs.Select((tensor, index) => tensor is null ? "-" : $"i{index}"));
        var outputs = Enumerable.Range(0, Outputs).Select(index => $"o{index}").ToArray();
        builder.Node(OpType, inputs, string.Join(' ', outputs), Attributes);
        foreach (var output in outputs)
        {
            builder.Output(output, ElementType.Undefined);
        }

        return builder.Graph;
    }

    public Dictionary<string, Tensor> Feeds() =>
        Enumerable
            .Range(0, DataInputs)
            .Where(index => Inputs[index] is not null)
            .ToDictionary(index => $"i{index}", index => Inputs[index]!);
}
