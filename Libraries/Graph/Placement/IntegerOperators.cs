namespace QatPipeline.Graphs;

/// <summary>Which operators between layers ONNX Runtime's CPU provider runs on integers.</summary>
internal static class IntegerOperators
{
    /// <summary>True where the operator has an integer form and all its data inputs are activations.</summary>
    public static bool IsUnweighted(PlacementContext context, Node node) =>
        node.Domain.Length == 0
        && OperatorRoles.DataInputs(node).All(index => context.IsActivation(node.Inputs[index]))
        && node.OpType switch
        {
            "MaxPool" => context.Graph.Opset >= 12 && node.Outputs.Count == 1,
            "AveragePool" or "GlobalAveragePool" or "LeakyRelu" or "Sigmoid" or "Concat" or "Resize" or "Split" or "Reshape" or "Transpose"
                or "Flatten" or "Squeeze" or "Unsqueeze" or "Slice" => true,
            "Add" or "Mul" => node.Inputs.Count == 2,
            _ => false,
        };
}
