using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>The shape rule of each operator.</summary>
internal static class ShapeRules
{
    private static readonly Dictionary<string, Action<NodeContext>> Rules = Build();

    /// <summary>The rule for a node; null for operators without one.</summary>
    public static Action<NodeContext>? Find(Node node) => node.Domain.Length == 0 ? Rules.GetValueOrDefault(node.OpType) : null;

    private static Dictionary<string, Action<NodeContext>> Build()
    {
        var rules = new Dictionary<string, Action<NodeContext>>(StringComparer.Ordinal);

        void Add(Action<NodeContext> rule, params ReadOnlySpan<string> operators)
        {
            foreach (var name in operators)
            {
                rules.Add(name, rule);
            }
        }

        Add(ElementwiseRules.Unary,
            "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign",
            "Tanh", "Erf", "Gelu", "Clip", "Exp", "Log", "Sqrt", "Neg", "Abs", "Floor", "Ceil", "Round", "Reciprocal", "Sin", "Cos",
            "Identity", "Dropout", "Softmax", "LogSoftmax", "InstanceNormalization", "LayerNormalization", "CumSum", "Not");
        Add(ElementwiseRules.Broadcast, "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Sum", "Mean", "And", "Or", "Xor");
        Add(ElementwiseRules.Comparison, "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual");
        Add(ElementwiseRules.Where, "Where");
        Add(ElementwiseRules.Cast, "Cast");
        Add(ElementwiseRules.QuantizeLinear, "QuantizeLinear");
        Add(ElementwiseRules.DequantizeLinear, "DequantizeLinear");
        Add(WindowRules.Conv, "Conv");
        Add(WindowRules.ConvTranspose, "ConvTranspose");
        Add(WindowRules.Pool, "MaxPool", "AveragePool", "LpPool");
        Add(WindowRules.GlobalPool, "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool");
        Add(WindowRules.BatchNormalization, "BatchNormalization");
        Add(WindowRules.Resize, "Resize");
        Add(WindowRules.DepthToSpace, "DepthToSpace");
        Add(WindowRules.SpaceToDepth, "SpaceToDepth");
        Add(MatrixRules.Gemm, "Gemm");
        Add(MatrixRules.MatMul, "MatMul");
        Add(MatrixRules.Reduce,
            "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
            "ReduceSumSquare");
        Add(MatrixRules.ArgReduce, "ArgMax", "ArgMin");
        Add(LayoutRules.Concat, "Concat");
        Add(LayoutRules.Split, "Split");
        Add(LayoutRules.Slice, "Slice");
        Add(LayoutRules.Gather, "Gather");
        Add(LayoutRules.Pad, "Pad");
        Add(LayoutRules.Transpose, "Transpose");
        Add(ReshapeRules.Reshape, "Reshape");
        Add(ReshapeRules.Flatten, "Flatten");
        Add(ReshapeRules.Squeeze, "Squeeze");
        Add(ReshapeRules.Unsqueeze, "Unsqueeze");
        Add(GeneratorRules.Shape, "Shape");
        Add(GeneratorRules.Constant, "Constant");
        Add(GeneratorRules.ConstantOfShape, "ConstantOfShape");
        Add(GeneratorRules.Expand, "Expand");
        Add(GeneratorRules.Range, "Range");
        return rules;
    }
}
