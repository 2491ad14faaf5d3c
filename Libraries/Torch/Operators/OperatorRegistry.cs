namespace QatPipeline.Torch.Operators;

/// <summary>Every operator the executor knows, by ONNX name.</summary>
internal static class OperatorRegistry
{
    private static readonly Dictionary<string, Func<OperatorCall, Tensor[]>> Operators = new(StringComparer.Ordinal);

    // Exporters write plugins of TensorRT into its domain or into the standard's.
    private static readonly Dictionary<string, Func<OperatorCall, Tensor[]>> Plugins = new(StringComparer.Ordinal)
    {
        ["EfficientNMS_TRT"] = SuppressionOperators.EfficientNms,
    };

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
        LogicOperators.Register(Add);
        SelectionOperators.Register(Add);
        ScatterOperators.Register(Add);
        Operators.Add("Split", IndexingOperators.Split);
        Operators.Add("TopK", SelectionOperators.TopK);
        Operators.Add("NonMaxSuppression", SuppressionOperators.NonMaxSuppression);
    }

    /// <summary>The names, of the standard domain all of them.</summary>
    public static IEnumerable<string> Names => Operators.Keys;

    public static bool Has(Node node) =>
        (node.Domain.Length == 0 && Operators.ContainsKey(node.OpType)) || Plugins.ContainsKey(node.OpType);

    /// <exception cref="TorchExecutionException">The operator is unknown here.</exception>
    public static Func<OperatorCall, Tensor[]> Find(Node node) =>
        Has(node)
            ? Plugins.GetValueOrDefault(node.OpType) ?? Operators[node.OpType]
            : throw new TorchExecutionException(
                $"Operator {node.QualifiedOperator} of node '{node.Name}' is not supported by the Torch executor; "
                + "replace the node by standard operators before calibrating or training.");

    private static void Add(string name, Func<OperatorCall, Tensor> function) => Operators.Add(name, call => [function(call)]);
}
