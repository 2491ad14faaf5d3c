using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>Which operators ONNX Runtime's CPU provider runs on integers.</summary>
internal static class IntegerOperators
{
    /// <summary>A layer with an integer kernel. There is none for ConvTranspose: its weight stays float.</summary>
    public static bool IsLayer(PlacementContext context, Node node) => context.IsWeighted(node) && node.OpType != "ConvTranspose";

    /// <summary>True where the operator has an integer form and all its data inputs are activations.</summary>
    public static bool IsUnweighted(PlacementContext context, Node node) =>
        node.Domain.Length == 0
        && OperatorRoles.DataInputs(node).All(index => context.IsActivation(node.Inputs[index]))
        && node.OpType switch
        {
            "MaxPool" => context.Graph.Opset >= 12 && node.Outputs.Count == 1,
            "AveragePool" or "GlobalAveragePool" or "LeakyRelu" or "Sigmoid" or "Concat" or "Resize" or "Split" or "Reshape" or "Transpose"
                or "Flatten" or "Squeeze" or "Unsqueeze" or "Slice" or "HardSwish" => true,
            "Add" or "Mul" => node.Inputs.Count == 2,
            _ => false,
        };
}
