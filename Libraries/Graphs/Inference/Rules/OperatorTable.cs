namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>
/// What is known of each operator: its shape rule, and how many leading inputs it cannot do without. What the table does not hold is not
/// interpreted, nor checked.
/// </summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, (int RequiredInputs, Action<NodeContext> ShapeRule)> Operators = Build();

    /// <summary>The shape rule for a node; null for operators without one.</summary>
    public static Action<NodeContext>? ShapeRule(Node node) =>
        node.Domain.Length == 0 ? Operators.GetValueOrDefault(node.OpType).ShapeRule : null;

    /// <exception cref="GraphException">An interpreted operator lacks an input, or its output has no name.</exception>
    public static void CheckArity(Node node)
    {
        if (node.Domain.Length > 0 || !Operators.TryGetValue(node.OpType, out var known))
        {
            return;
        }

        for (var index = 0; index < known.RequiredInputs; index++)
        {
            if (node.Input(index) is null)
            {
                throw new GraphException($"Node {node} has no input {index}, which {node.OpType} needs.");
            }
        }

        if (node.Outputs.Count == 0 || node.Outputs[0].Length == 0)
        {
            throw new GraphException($"Node {node} has no output.");
        }
    }

    private static Dictionary<string, (int RequiredInputs, Action<NodeContext> ShapeRule)> Build()
    {
        var operators = new Dictionary<string, (int, Action<NodeContext>)>(StringComparer.Ordinal);

        void Add(int requiredInputs, Action<NodeContext> rule, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                operators.Add(name, (requiredInputs, rule));
            }
        }

        Add(1, ElementwiseRules.Unary,
            "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign", "Tanh",
            "Erf", "Gelu", "Swish", "ThresholdedRelu", "Clip", "Exp", "Log", "Sqrt", "Neg", "Abs", "Sign", "Floor", "Ceil", "Round",
            "Reciprocal", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Identity", "Dropout", "Softmax", "LogSoftmax",
            "Hardmax", "Not", "LpNormalization", "MeanVarianceNormalization", "LRN", "Trilu");
        Add(1, ElementwiseRules.Test, "IsNaN", "IsInf");
        Add(2, ElementwiseRules.Unary, "PRelu", "LayerNormalization", "RMSNormalization", "CumSum");
        Add(3, ElementwiseRules.Unary, "InstanceNormalization", "GroupNormalization", "ScatterND", "ScatterElements", "Scatter");
        Add(2, ElementwiseRules.Broadcast, "Add", "Sub", "Mul", "Div", "Pow", "Mod", "And", "Or", "Xor");
        Add(1, ElementwiseRules.Broadcast, "Min", "Max", "Sum", "Mean");
        Add(2, ElementwiseRules.Comparison, "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual");
        Add(3, ElementwiseRules.Where, "Where");
        Add(1, ElementwiseRules.Cast, "Cast");
        Add(2, ElementwiseRules.CastLike, "CastLike");
        Add(2, ElementwiseRules.QuantizeLinear, "QuantizeLinear");
        Add(2, ElementwiseRules.DequantizeLinear, "DequantizeLinear");
        Add(2, WindowRules.Conv, "Conv");
        Add(2, WindowRules.ConvTranspose, "ConvTranspose");
        Add(1, WindowRules.Pool, "MaxPool", "AveragePool", "LpPool");
        Add(1, WindowRules.GlobalPool, "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool");
        Add(5, WindowRules.BatchNormalization, "BatchNormalization");
        Add(1, WindowRules.Resize, "Resize");
        Add(1, _ => { }, "Upsample");
        Add(1, WindowRules.DepthToSpace, "DepthToSpace");
        Add(1, WindowRules.SpaceToDepth, "SpaceToDepth");
        Add(2, MatrixRules.Gemm, "Gemm");
        Add(2, MatrixRules.MatMul, "MatMul");
        Add(1, MatrixRules.Reduce,
            "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
            "ReduceSumSquare");
        Add(1, MatrixRules.ArgReduce, "ArgMax", "ArgMin");
        Add(1, LayoutRules.Concat, "Concat");
        Add(1, LayoutRules.Split, "Split");
        Add(1, LayoutRules.Slice, "Slice");
        Add(2, LayoutRules.Gather, "Gather");
        Add(1, LayoutRules.Pad, "Pad");
        Add(1, LayoutRules.Transpose, "Transpose");
        Add(2, ReshapeRules.Reshape, "Reshape");
        Add(1, ReshapeRules.Flatten, "Flatten");
        Add(1, ReshapeRules.Squeeze, "Squeeze");
        Add(1, ReshapeRules.Unsqueeze, "Unsqueeze");
        Add(1, GeneratorRules.Shape, "Shape");
        Add(0, GeneratorRules.Constant, "Constant");
        Add(1, GeneratorRules.ConstantOfShape, "ConstantOfShape");
        Add(2, GeneratorRules.Expand, "Expand");
        Add(3, GeneratorRules.Range, "Range");
        Add(1, GeneratorRules.Size, "Size");
        Add(2, GeneratorRules.Tile, "Tile");
        Add(3, GeneratorRules.OneHot, "OneHot");
        Add(1, SelectionRules.TopK, "TopK");
        Add(2, SelectionRules.GatherElements, "GatherElements");
        Add(2, SelectionRules.GatherND, "GatherND");
        Add(1, SelectionRules.NonZero, "NonZero");
        Add(2, SelectionRules.NonMaxSuppression, "NonMaxSuppression");
        Add(2, SelectionRules.GridSample, "GridSample");
        Add(3, SelectionRules.RoiAlign, "RoiAlign");
        Add(1, EinsumRules.Einsum, "Einsum");
        Add(3, MatrixRules.Attention, "Attention");
        return operators;
    }
}
