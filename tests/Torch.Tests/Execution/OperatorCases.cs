using QatPipeline.Graphs.Model;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Torch.Tests.Execution;


internal sealed record OperatorCase(
    Node Node, IReadOnlyDictionary<string, GraphTensor> Inputs, IReadOnlyDictionary<string, GraphTensor> Constants, int Opset);

/// <summary>Small cases of every supported operator, by a name that says what they vary.</summary>
internal static class OperatorCases
{
    public static IReadOnlyDictionary<string, OperatorCase> All { get; } = Build();

    private static Dictionary<string, OperatorCase> Build()
    {
        var cases = new Dictionary<string, OperatorCase>(StringComparer.Ordinal);
        Convolutions(cases);
        Elementwise(cases);
        Pooling(cases);
        Resizing(cases);
        Shapes(cases);
        Linear(cases);
        Quantization(cases);
        Logic(cases);
        Normalizations(cases);
        Selections(cases);
        return cases;
    }

    private static void Convolutions(Dictionary<string, OperatorCase> cases)
    {
        var image = Normal(1, 2, 4, 9, 11);
        Add(cases, "conv plain", "Conv", [image], [Normal(2, 6, 4, 3, 3), Normal(3, 6)]);
        Add(cases, "conv strided, padded", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("strides", Ints(2, 1)), ("pads", Ints(1, 1, 1, 1)));
        Add(cases, "conv asymmetric pads", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("pads", Ints(0, 1, 2, 3)));
        Add(cases, "conv grouped", "Conv", [image], [Normal(2, 6, 2, 3, 3)], ("group", 2));
        Add(cases, "conv depthwise", "Conv", [image], [Normal(2, 4, 1, 5, 5)], ("group", 4), ("pads", Ints(2, 2, 2, 2)));
        Add(cases, "conv dilated", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("dilations", Ints(2, 3)));
        Add(cases, "conv same upper", "Conv", [image], [Normal(2, 6, 4, 4, 4)], ("auto_pad", "SAME_UPPER"), ("strides", Ints(2, 2)));
        Add(cases, "conv same lower", "Conv", [image], [Normal(2, 6, 4, 4, 4)], ("auto_pad", "SAME_LOWER"), ("strides", Ints(2, 2)));
        Add(cases, "conv one axis", "Conv", [Normal(1, 2, 4, 12)], [Normal(2, 6, 4, 3)], ("pads", Ints(1, 2)));
        Add(cases, "deconv 2x2", "ConvTranspose", [image], [Normal(2, 4, 5, 2, 2), Normal(3, 5)], ("strides", Ints(2, 2)));
        Add(cases, "deconv padded", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)), ("pads", Ints(1, 1, 1, 1)),
            ("output_padding", Ints(1, 1)));
        Add(cases, "deconv asymmetric", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)),
            ("pads", Ints(0, 1, 1, 0)));
        Add(cases, "deconv grouped", "ConvTranspose", [image], [Normal(2, 4, 3, 2, 2)], ("group", 2), ("strides", Ints(2, 2)));
        Add(cases, "deconv output shape", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)),
            ("output_shape", Ints(18, 22)));
        Add(cases, "batchnorm", "BatchNormalization", [image], [Normal(2, 4), Normal(3, 4), Normal(4, 4), Uniform(5, 0.5f, 2, 4)],
            ("epsilon", 1e-3f));
    }

    private static void Elementwise(Dictionary<string, OperatorCase> cases)
    {
        var x = Normal(1, 2, 3, 4, 5);
        string[] elementwise =
        [
            "Relu", "LeakyRelu", "Elu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "HardSigmoid", "Exp", "Neg", "Abs", "Floor", "Ceil",
            "Erf", "Identity", "Round", "Sign", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Softsign", "Selu", "Celu", "ThresholdedRelu",
        ];
        foreach (var name in elementwise)
        {
            Add(cases, name, name, [x]);
        }

        AddOld(cases, "Mish", 18, "Mish", [x]);
        AddOld(cases, "gelu", 20, "Gelu", [x]);
        AddOld(cases, "gelu tanh", 20, "Gelu", [x], [], ("approximate", "tanh"));
        AddOld(cases, "swish", 24, "Swish", [x], [], ("alpha", 1.5f));
        Add(cases, "Asin", "Asin", [Uniform(1, -1, 1, 3, 4)]);
        Add(cases, "Acos", "Acos", [Uniform(1, -1, 1, 3, 4)]);
        Add(cases, "log softmax", "LogSoftmax", [x], [], ("axis", 1));
        Add(cases, "mean", "Mean", [x, Normal(2, 3, 1, 5)]);
        Add(cases, "mod of integers", "Mod", [GraphTensor.FromLongs([4], 7, -7, 9, -12)], [GraphTensor.FromLongs([4], 2, 3, -4, 5)]);
        Add(cases, "fmod", "Mod", [x], [Uniform(2, 1, 2, 4, 1)], ("fmod", 1));
        Add(cases, "leaky slope", "LeakyRelu", [x], [], ("alpha", 0.1f));
        Add(cases, "hard sigmoid of mobile nets", "HardSigmoid", [x], [], ("alpha", 1f / 6), ("beta", 0.5f));
        Add(cases, "prelu", "PRelu", [x], [Normal(2, 3, 1, 1)]);
        Add(cases, "clip both", "Clip", [x], [GraphTensor.Scalar(-0.5f), GraphTensor.Scalar(0.75f)]);
        Add(cases, "clip none", "Clip", [x]);
        Add(cases, "softmax last", "Softmax", [x], [], ("axis", -1));
        Add(cases, "softmax channel", "Softmax", [x], [], ("axis", 1));
        AddOld(cases, "softmax flattened", 11, "Softmax", [x], [], ("axis", 2));
        AddOld(cases, "clip attributes", 10, "Clip", [x], [], ("min", -0.25f), ("max", 0.5f));
        foreach (var name in (string[])["Sqrt", "Log", "Reciprocal"])
        {
            Add(cases, name, name, [Uniform(1, 0.5f, 4, 2, 3, 4)]);
        }

        foreach (var name in (string[])["Add", "Sub", "Mul", "Max", "Min", "Sum"])
        {
            Add(cases, $"{name} broadcast", name, [x, Normal(2, 3, 1, 5)]);
        }

        Add(cases, "div", "Div", [x], [Uniform(2, 1, 2, 4, 1)]);
        Add(cases, "integer div", "Div", [GraphTensor.FromLongs([4], 7, -7, 9, 12)], [GraphTensor.FromLongs([4], 2, 2, 4, 5)]);
        Add(cases, "pow", "Pow", [Uniform(1, 0.5f, 2, 2, 3)], [GraphTensor.Scalar(2f)]);
    }

    private static void Pooling(Dictionary<string, OperatorCase> cases)
    {
        var image = Normal(1, 2, 3, 9, 10);
        Add(cases, "max pool sppf", "MaxPool", [image], [], ("kernel_shape", Ints(5, 5)), ("pads", Ints(2, 2, 2, 2)),
            ("strides", Ints(1, 1)));
        Add(cases, "max pool ceil", "MaxPool", [image], [], ("kernel_shape", Ints(2, 2)), ("strides", Ints(2, 2)), ("ceil_mode", 1));
        Add(cases, "max pool asymmetric", "MaxPool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(0, 0, 1, 1)),
            ("strides", Ints(2, 2)));
        Add(cases, "max pool dilated", "MaxPool", [image], [], ("kernel_shape", Ints(3, 3)), ("dilations", Ints(2, 2)));
        Add(cases, "average pool", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1)));
        Add(cases, "average pool with padding", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1)),
            ("count_include_pad", 1));
        Add(cases, "average pool asymmetric", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(0, 1, 1, 0)),
            ("strides", Ints(2, 2)));
        Add(cases, "global average", "GlobalAveragePool", [image]);
        Add(cases, "global max", "GlobalMaxPool", [image]);
        Add(cases, "mean of attribute axes", "ReduceMean", [image], [], ("axes", Ints(2, -1)), ("keepdims", 0));
        Add(cases, "mean of all", "ReduceMean", [image]);
        Add(cases, "sum of input axes", "ReduceSum", [image], [GraphTensor.FromLongs([1], 1)]);
        Add(cases, "largest", "ReduceMax", [image], [], ("axes", Ints(1)));
        Add(cases, "product", "ReduceProd", [image], [], ("axes", Ints(1, 3)), ("keepdims", 0));
        Add(cases, "product of all", "ReduceProd", [Uniform(1, 0.9f, 1.1f, 2, 3, 4)]);
        foreach (var name in (string[])["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"])
        {
            Add(cases, name, name, [image], [], ("axes", Ints(1, 2)));
            AddOld(cases, $"{name} without axis", 18, name, [image], [GraphTensor.FromLongs([1], -1)], ("keepdims", 0));
        }

        Add(cases, "log of sum", "ReduceLogSum", [Uniform(1, 0.5f, 2, 2, 3, 4)], [], ("axes", Ints(1)));
        Add(cases, "argmin", "ArgMin", [image], [], ("axis", 2), ("keepdims", 0));
        Add(cases, "smallest", "ReduceMin", [image], [], ("axes", Ints(1)));
    }

    private static void Resizing(Dictionary<string, OperatorCase> cases)
    {
        var image = Normal(1, 2, 3, 5, 6);
        var twice = GraphTensor.FromFloats([4], 1, 1, 2, 2);
        var odd = GraphTensor.FromFloats([4], 1, 1, 1.6f, 0.7f);
        foreach (var mode in (string[])["nearest", "linear"])
        {
            foreach (var coordinates in (string[])["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"])
            {
                AddResize(cases, $"resize {mode} {coordinates} twice", image, twice, ("mode", mode),
                    ("coordinate_transformation_mode", coordinates));
                AddResize(
                    cases, $"resize {mode} {coordinates} odd", image, odd, ("mode", mode), ("coordinate_transformation_mode", coordinates));
            }
        }

        foreach (var rounding in (string[])["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
        {
            AddResize(cases, $"resize nearest {rounding}", image, odd, ("mode", "nearest"),
                ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", rounding));
        }

        cases["resize sizes"] = Case(
            "Resize", ["x0", "", "", "c0"], [image], [GraphTensor.FromLongs([4], 2, 3, 10, 9)], 17, [("mode", "linear")]);
    }

    private static void Shapes(Dictionary<string, OperatorCase> cases)
    {
        var x = Normal(1, 2, 6, 4, 5);
        Add(cases, "reshape", "Reshape", [x], [GraphTensor.FromLongs([3], 0, -1, 10)]);
        Add(cases, "flatten", "Flatten", [x], [], ("axis", 2));
        Add(cases, "transpose", "Transpose", [x], [], ("perm", Ints(0, 2, 3, 1)));
        Add(cases, "squeeze", "Squeeze", [Normal(1, 2, 1, 3, 1)], [GraphTensor.FromLongs([2], 1, -1)]);
        Add(cases, "squeeze all", "Squeeze", [Normal(1, 2, 1, 3, 1)]);
        AddOld(cases, "unsqueeze attribute", 11, "Unsqueeze", [x], [], ("axes", Ints(0, -1)));
        Add(cases, "unsqueeze", "Unsqueeze", [x], [GraphTensor.FromLongs([2], 4, 1)]);
        Add(cases, "concat", "Concat", [x, Normal(2, 2, 3, 4, 5)], [], ("axis", 1));
        Add(cases, "slice", "Slice", [x],
            [
                GraphTensor.FromLongs([2], 1, -4), GraphTensor.FromLongs([2], 5, long.MaxValue),
                GraphTensor.FromLongs([2], 1, 3), GraphTensor.FromLongs([2], 2, 1),
            ]);
        Add(cases, "slice backwards", "Slice", [x],
            [
                GraphTensor.FromLongs([1], -1), GraphTensor.FromLongs([1], long.MinValue),
                GraphTensor.FromLongs([1], 2), GraphTensor.FromLongs([1], -2),
            ]);
        AddOld(cases, "slice attributes", 9, "Slice", [x], [], ("starts", Ints(1)), ("ends", Ints(3)), ("axes", Ints(1)));
        Add(cases, "gather rows", "Gather", [x], [GraphTensor.FromLongs([2, 2], 0, 3, -1, 1)], ("axis", 1));
        Add(cases, "gather scalar", "Gather", [x], [GraphTensor.Scalar(2L)], ("axis", 3));
        Add(cases, "shape", "Shape", [x]);
        Add(cases, "cast", "Cast", [x], [], ("to", (long)ElementType.Int64));
        Add(cases, "expand", "Expand", [Normal(1, 2, 1, 5)], [GraphTensor.FromLongs([4], 3, 1, 4, 1)]);
        Add(cases, "tile", "Tile", [x], [GraphTensor.FromLongs([4], 1, 2, 1, 3)]);
        Add(cases, "depth to space DCR", "DepthToSpace", [Normal(1, 2, 8, 3, 4)], [], ("blocksize", 2));
        Add(cases, "depth to space CRD", "DepthToSpace", [Normal(1, 2, 8, 3, 4)], [], ("blocksize", 2), ("mode", "CRD"));
        Add(cases, "space to depth", "SpaceToDepth", [x], [], ("blocksize", 1));
        Add(cases, "constant of shape", "ConstantOfShape", [GraphTensor.FromLongs([2], 2, 3)], [],
            ("value", GraphTensor.FromFloats([1], 1.5f)));
        Add(cases, "pad", "Pad", [x], [GraphTensor.FromLongs([8], 0, 1, 1, 2, 0, 0, 2, 1), GraphTensor.Scalar(0.5f)]);
        Add(cases, "pad edge", "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "edge"));
        AddOld(cases, "pad wrap", 19, "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "wrap"));
        cases["pad axes"] = Case(
            "Pad",
            ["x0", "c0", "", "c1"],
            [x],
            [GraphTensor.FromLongs([4], 1, 2, 0, 1), GraphTensor.FromLongs([2], -1, 1)],
            18,
            []);
        Add(cases, "expand bool", "Expand", [new GraphTensor(ElementType.Bool, [2, 1], [1, 0])], [GraphTensor.FromLongs([2], 2, 3)]);
        Add(cases, "cast like", "CastLike", [GraphTensor.FromLongs([3], 1, -2, 3)], [GraphTensor.Scalar(1f)]);
        Add(cases, "size", "Size", [x]);
        Add(cases, "range", "Range", [GraphTensor.Scalar(2L)], [GraphTensor.Scalar(11L), GraphTensor.Scalar(3L)]);
        Add(cases, "pad reflect", "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "reflect"));
        cases["constant"] = Case("Constant", [], [], [], 17, [("value", Normal(3, 2, 2))]);
        cases["split sizes"] = Case("Split", ["x0", "c0"], [x], [GraphTensor.FromLongs([3], 1, 2, 3)], 17, [("axis", 1)], outputs: 3);
        cases["split equal"] = Case("Split", ["x0"], [x], [], 17, [("axis", 1)], outputs: 2);
        cases["split attribute"] = Case("Split", ["x0"], [x], [], 11, [("axis", 1), ("split", Ints(4, 2))], outputs: 2);
    }

    private static void Linear(Dictionary<string, OperatorCase> cases)
    {
        Add(cases, "matmul", "MatMul", [Normal(1, 2, 3, 4)], [Normal(2, 4, 5)]);
        Add(cases, "gemm", "Gemm", [Normal(1, 3, 4)], [Normal(2, 5, 4), Normal(3, 5)], ("transB", 1), ("alpha", 0.5f), ("beta", 2f));
        Add(cases, "einsum", "Einsum", [Normal(1, 2, 3, 4), Normal(2, 2, 5, 4)], [], ("equation", "bij, bkj -> bik"));
        Add(cases, "einsum implied", "Einsum", [Normal(1, 3, 4), Normal(2, 4, 2)], [], ("equation", "ij,jk"));
        Add(cases, "einsum ellipsis", "Einsum", [Normal(1, 2, 5, 3, 4), Normal(2, 4, 2)], [], ("equation", "...ij,jk->...ik"));
        AddOld(cases, "attention", 23, "Attention", [Normal(1, 2, 3, 5, 4), Normal(2, 2, 3, 6, 4), Normal(3, 2, 3, 6, 7)]);
        AddOld(cases, "attention causal", 23, "Attention", [Normal(1, 2, 3, 5, 4), Normal(2, 2, 3, 5, 4), Normal(3, 2, 3, 5, 4)], [],
            ("is_causal", 1));
        AddOld(cases, "attention joined, mask", 23, "Attention", [Normal(1, 2, 5, 12), Normal(2, 2, 6, 6), Normal(3, 2, 6, 6)],
            [Normal(4, 5, 6)], ("q_num_heads", 4), ("kv_num_heads", 2), ("scale", 0.3f));
        Add(cases, "gemm transposed", "Gemm", [Normal(1, 4, 3)], [Normal(2, 4, 5)], ("transA", 1));
        Add(cases, "argmax", "ArgMax", [Normal(1, 3, 4)], [], ("axis", 1));
    }

    private static void Quantization(Dictionary<string, OperatorCase> cases)
    {
        var codes = GraphTensor.From<sbyte>([2, 3], [-128, -5, 0, 7, 64, 127]);
        Add(cases, "dequantize per channel", "DequantizeLinear", [codes],
            [GraphTensor.FromFloats([2], 0.1f, 0.3f), GraphTensor.From<sbyte>([2], [0, 0])], ("axis", 0));
    }

    private static void Logic(Dictionary<string, OperatorCase> cases)
    {
        var (left, right) = (GraphTensor.FromFloats([2, 3], 1, 2, 3, 4, 5, 6), GraphTensor.FromFloats([3], 1, 3, 3));
        foreach (var name in (string[])["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"])
        {
            Add(cases, name, name, [left], [right]);
            Add(cases, $"{name} of integers", name, [GraphTensor.FromLongs([3], 1, 2, 3)], [GraphTensor.FromLongs([3], 1, 3, 2)]);
        }

        var (yes, no) = (Flags([2, 2], 1, 1, 0, 0), Flags([2], 1, 0));
        foreach (var name in (string[])["And", "Or", "Xor"])
        {
            Add(cases, name, name, [yes], [no]);
        }

        var special = GraphTensor.FromFloats([4], float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1);
        Add(cases, "not", "Not", [yes]);
        Add(cases, "nan", "IsNaN", [special]);
        Add(cases, "infinite", "IsInf", [special]);
        Add(cases, "infinite upwards", "IsInf", [special], [], ("detect_negative", 0));
        Add(cases, "where", "Where", [Flags([2, 1], 1, 0), left, right]);
    }

    private static void Normalizations(Dictionary<string, OperatorCase> cases)
    {
        var image = Normal(1, 2, 6, 4, 5);
        Add(cases, "layer norm", "LayerNormalization", [image], [Normal(2, 5), Normal(3, 5)], ("epsilon", 1e-3f));
        Add(cases, "layer norm of several axes", "LayerNormalization", [image], [Normal(2, 6, 4, 5)], ("axis", 1));
        Add(cases, "layer norm broadcast", "LayerNormalization", [image], [Normal(2, 5), Normal(3, 5)], ("axis", 2));
        AddOld(cases, "group norm", 21, "GroupNormalization", [image], [Normal(2, 6), Normal(3, 6)], ("num_groups", 3));
        Add(cases, "instance norm", "InstanceNormalization", [image], [Normal(2, 6), Normal(3, 6)]);
        AddOld(cases, "rms norm", 23, "RMSNormalization", [image], [Normal(2, 5)]);
        Add(cases, "l2 normalization", "LpNormalization", [image], [], ("axis", 1));
        Add(cases, "l1 normalization", "LpNormalization", [image], [], ("p", 1));
        Add(cases, "local response", "LRN", [image], [], ("size", 3), ("alpha", 0.01f));
    }

    private static void Selections(Dictionary<string, OperatorCase> cases)
    {
        var x = Normal(1, 2, 3, 4, 5);
        var equal = GraphTensor.FromFloats([2, 5], 3, 1, 3, 2, 3, 0, 0, -1, 5, 0);
        var two = GraphTensor.FromLongs([1], 2);
        AddOld(cases, "top k", 17, ["y0", "y1"], "TopK", [x], [two]);
        AddOld(cases, "top k smallest of equal ones", 17, ["y0", "y1"], "TopK", [equal], [two], ("largest", 0));
        AddOld(cases, "top k on an axis", 17, ["y0", "y1"], "TopK", [x], [two], ("axis", 1));
        Add(cases, "gather elements", "GatherElements", [x], [GraphTensor.FromLongs([2, 2, 4, 5], Wrapped(80, 3))], ("axis", 1));
        Add(cases, "gather nd", "GatherND", [x], [GraphTensor.FromLongs([3, 2], 0, 1, 1, -1, 0, 2)]);
        Add(cases, "gather nd in batches", "GatherND", [x], [GraphTensor.FromLongs([2, 3, 1], 0, 1, 2, -1, 0, 2)], ("batch_dims", 1));
        Add(cases, "scatter nd", "ScatterND", [x], [GraphTensor.FromLongs([2, 2], 0, 1, 1, -1), Normal(2, 2, 4, 5)]);
        Add(cases, "scatter nd adding", "ScatterND", [x], [GraphTensor.FromLongs([2, 2], 0, 1, 0, 1), Normal(2, 2, 4, 5)],
            ("reduction", "add"));
        Add(cases, "scatter elements", "ScatterElements", [Normal(1, 3, 4)], [GraphTensor.FromLongs([1, 3], 2, 0, -2), Normal(2, 1, 3)],
            ("axis", 0));
        Add(cases, "scatter elements adding", "ScatterElements", [Normal(1, 3, 4)],
            [GraphTensor.FromLongs([2, 2], 1, 1, 0, 3), Normal(2, 2, 2)], ("axis", 1), ("reduction", "add"));
        Add(cases, "non zero", "NonZero", [equal]);
        Add(cases, "one hot", "OneHot", [GraphTensor.FromLongs([2, 2], 0, 2, -1, 1)],
            [GraphTensor.Scalar(3L), GraphTensor.FromFloats([2], -1, 4)], ("axis", 1));
        Add(cases, "upper triangle", "Trilu", [x], [GraphTensor.Scalar(1L)]);
        Add(cases, "lower triangle", "Trilu", [x], [], ("upper", 0));
        Add(cases, "running sum", "CumSum", [x], [GraphTensor.Scalar(2L)]);
        Add(cases, "running sum backwards", "CumSum", [x], [GraphTensor.Scalar(-1L)], ("reverse", 1), ("exclusive", 1));
        foreach (var mode in (string[])["linear", "nearest"])
        {
            foreach (var padding in (string[])["zeros", "border", "reflection"])
            {
                AddOld(cases, $"grid sample {mode} {padding}", 20, "GridSample",
                    [Normal(1, 2, 3, 5, 6), Uniform(2, -1.4f, 1.4f, 2, 4, 3, 2)], [],
                    ("mode", mode), ("padding_mode", padding), ("align_corners", padding == "border" ? 1 : 0));
            }
        }
    }

    private static GraphTensor Flags(long[] shape, params byte[] values) => new(ElementType.Bool, shape, values);

    private static long[] Wrapped(int count, int size) =>
        [.. Enumerable.Range(0, count).Select(index => (long)((index * 7 % (2 * size)) - size))];

    private static AttributeValue Ints(params long[] values) => values;

    private static void Add(
        Dictionary<string, OperatorCase> cases, string name, string opType, GraphTensor[] inputs, GraphTensor[]? constants = null,
        params (string Name, AttributeValue Value)[] attributes) =>
        AddOld(cases, name, 17, opType, inputs, constants, attributes);

    private static void AddOld(
        Dictionary<string, OperatorCase> cases, string name, int opset, string opType, GraphTensor[] inputs,
        GraphTensor[]? constants = null, params (string Name, AttributeValue Value)[] attributes) =>
        cases.Add(name, Case(
            opType, [.. Names("x", inputs.Length), .. Names("c", constants?.Length ?? 0)], inputs, constants ?? [], opset, attributes));

    private static void AddOld(
        Dictionary<string, OperatorCase> cases, string name, int opset, string[] outputs, string opType, GraphTensor[] inputs,
        GraphTensor[] constants, params (string Name, AttributeValue Value)[] attributes) =>
        cases.Add(name, Case(
            opType, [.. Names("x", inputs.Length), .. Names("c", constants.Length)], inputs, constants, opset, attributes, outputs.Length));

    private static void AddResize(
        Dictionary<string, OperatorCase> cases, string name, GraphTensor image, GraphTensor scales,
        params (string Name, AttributeValue Value)[] attributes) =>
        cases.Add(name, Case("Resize", ["x0", "", "c0"], [image], [scales], 17, attributes));

    private static OperatorCase Case(
        string opType, string[] names, GraphTensor[] inputs, GraphTensor[] constants, int opset,
        (string Name, AttributeValue Value)[] attributes, int outputs = 1)
    {
        var node = new Node("node", opType, names, Names("y", outputs));
        foreach (var (attribute, value) in attributes)
        {
            node.Attributes[attribute] = value;
        }

        return new OperatorCase(
            node,
            Names("x", inputs.Length).Zip(inputs).ToDictionary(pair => pair.First, pair => pair.Second),
            Names("c", constants.Length).Zip(constants).ToDictionary(pair => pair.First, pair => pair.Second),
            opset);
    }

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(index => $"{prefix}{index}");
}
