namespace QatPipeline.Torch.Operators;

/// <summary>Every operator the executor knows, by ONNX name.</summary>
internal static class OperatorRegistry
{
    private static readonly Dictionary<string, Func<OperatorCall, Tensor[]>> Operators = new(StringComparer.Ordinal);

    static OperatorRegistry()
    {
        ConvolutionOperators.Register(Add);
        NormalizationOperators.Register(Add);
        ActivationOperators.Register(Add);
        ArithmeticOperators.Register(Add);
        PoolingOperators.Register(Add);
        ReductionOperators.Register(Add);
        LinearOperators.Register(Add);
        ResizeOperator.Register(Add);
        ShapeOperators.Register(Add);
        IndexingOperators.Register(Add);
        LayoutOperators.Register(Add);
        QuantizationOperators.Register(Add);
        Operators.Add("Split", IndexingOperators.Split);
    }

    /// <exception cref="TorchExecutionException">The operator is unknown here.</exception>
    public static Func<OperatorCall, Tensor[]> Find(Node node) =>
        node.Domain.Length == 0 && Operators.TryGetValue(node.OpType, out var function)
            ? function
            : throw new TorchExecutionException(
                $"Operator {(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}")} of node '{node.Name}' "
                + "is not supported by the Torch executor; "
                + "replace the node by standard operators before calibrating or training.");

    private static void Add(string name, Func<OperatorCall, Tensor> function) => Operators.Add(name, call => [function(call)]);
}
