using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Onnx;

/// <summary>
/// How many leading inputs the operators that the library interprets cannot do without. What it does not know, it does not check.
/// </summary>
internal static class OperatorArity
{
    private static readonly Dictionary<string, int> RequiredInputs = Build();

    /// <exception cref="GraphException">An interpreted operator lacks an input, or its output has no name.</exception>
    public static void Check(Node node)
    {
        if (node.Domain.Length > 0 || !RequiredInputs.TryGetValue(node.OpType, out var required))
        {
            return;
        }

        for (var index = 0; index < required; index++)
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

    private static Dictionary<string, int> Build()
    {
        var required = new Dictionary<string, int>(StringComparer.Ordinal) { ["Constant"] = 0 };

        void Add(int count, params ReadOnlySpan<string> operators)
        {
            foreach (var name in operators)
            {
                required.Add(name, count);
            }
        }

        Add(1,
            "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign", "Tanh",
            "Erf", "Gelu", "Clip", "Exp", "Log", "Sqrt", "Neg", "Abs", "Floor", "Ceil", "Round", "Reciprocal", "Sin", "Cos", "Identity",
            "Dropout", "Softmax", "LogSoftmax", "Not", "Cast", "Min", "Max", "Sum", "Mean", "Concat", "Split", "Transpose", "Flatten",
            "Squeeze", "Unsqueeze", "Shape", "ConstantOfShape", "Pad", "Resize", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool",
            "GlobalMaxPool", "GlobalLpPool", "DepthToSpace", "SpaceToDepth", "ArgMax", "ArgMin", "ReduceMean", "ReduceSum", "ReduceMax",
            "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare");
        Add(2,
            "Add", "Sub", "Mul", "Div", "Pow", "Mod", "And", "Or", "Xor", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
            "PRelu", "CumSum", "Conv", "ConvTranspose", "Gemm", "MatMul", "Gather", "Reshape", "Expand", "QuantizeLinear",
            "DequantizeLinear", "LayerNormalization");
        Add(3, "Where", "Range", "Slice", "InstanceNormalization");
        Add(5, "BatchNormalization");
        return required;
    }
}
