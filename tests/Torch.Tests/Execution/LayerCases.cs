using QatPipeline.Graphs.Model;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Cases of operators that compute: layers, activations, pooling, resizing, normalization, quantization.</summary>
internal static class LayerCases
{
    public static void AddTo(OperatorCaseList cases)
    {
        Convolutions(cases);
        Elementwise(cases);
        Pooling(cases);
        Resizing(cases);
        Linear(cases);
        Quantization(cases);
        Normalizations(cases);
    }

    private static void Convolutions(OperatorCaseList cases)
    {
        var image = Normal(1, 2, 4, 9, 11);
        cases.Add("conv plain", "Conv", [image], [Normal(2, 6, 4, 3, 3), Normal(3, 6)]);
        cases.Add("conv strided, padded", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("strides", Ints(2, 1)), ("pads", Ints(1, 1, 1, 1)));
        cases.Add("conv asymmetric pads", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("pads", Ints(0, 1, 2, 3)));
        cases.Add("conv grouped", "Conv", [image], [Normal(2, 6, 2, 3, 3)], ("group", 2));
        cases.Add("conv depthwise", "Conv", [image], [Normal(2, 4, 1, 5, 5)], ("group", 4), ("pads", Ints(2, 2, 2, 2)));
        cases.Add("conv dilated", "Conv", [image], [Normal(2, 6, 4, 3, 3)], ("dilations", Ints(2, 3)));
        cases.Add("conv same upper", "Conv", [image], [Normal(2, 6, 4, 4, 4)], ("auto_pad", "SAME_UPPER"), ("strides", Ints(2, 2)));
        cases.Add("conv same lower", "Conv", [image], [Normal(2, 6, 4, 4, 4)], ("auto_pad", "SAME_LOWER"), ("strides", Ints(2, 2)));
        cases.Add("conv one axis", "Conv", [Normal(1, 2, 4, 12)], [Normal(2, 6, 4, 3)], ("pads", Ints(1, 2)));
        cases.Add("deconv 2x2", "ConvTranspose", [image], [Normal(2, 4, 5, 2, 2), Normal(3, 5)], ("strides", Ints(2, 2)));
        cases.Add("deconv padded", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)), ("pads", Ints(1, 1, 1, 1)),
            ("output_padding", Ints(1, 1)));
        cases.Add("deconv asymmetric", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)),
            ("pads", Ints(0, 1, 1, 0)));
        cases.Add("deconv grouped", "ConvTranspose", [image], [Normal(2, 4, 3, 2, 2)], ("group", 2), ("strides", Ints(2, 2)));
        cases.Add("deconv output shape", "ConvTranspose", [image], [Normal(2, 4, 5, 3, 3)], ("strides", Ints(2, 2)),
            ("output_shape", Ints(18, 22)));
        cases.Add("batchnorm", "BatchNormalization", [image], [Normal(2, 4), Normal(3, 4), Normal(4, 4), Uniform(5, 0.5f, 2, 4)],
            ("epsilon", 1e-3f));
    }

    private static void Elementwise(OperatorCaseList cases)
    {
        var x = Normal(1, 2, 3, 4, 5);
        string[] elementwise =
        [
            "Relu", "LeakyRelu", "Elu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "HardSigmoid", "Exp", "Neg", "Abs", "Floor", "Ceil",
            "Erf", "Identity", "Round", "Sign", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Softsign", "Selu", "Celu", "ThresholdedRelu",
        ];
        foreach (var name in elementwise)
        {
            cases.Add(name, name, [x]);
        }

        cases.AddAt("Mish", 18, "Mish", [x]);
        cases.AddAt("gelu", 20, "Gelu", [x]);
        cases.AddAt("gelu tanh", 20, "Gelu", [x], [], ("approximate", "tanh"));
        cases.AddAt("swish", 24, "Swish", [x], [], ("alpha", 1.5f));
        cases.Add("Asin", "Asin", [Uniform(1, -1, 1, 3, 4)]);
        cases.Add("Acos", "Acos", [Uniform(1, -1, 1, 3, 4)]);
        cases.Add("log softmax", "LogSoftmax", [x], [], ("axis", 1));
        cases.Add("mean", "Mean", [x, Normal(2, 3, 1, 5)]);
        cases.Add("mod of integers", "Mod", [GraphTensor.FromLongs([4], 7, -7, 9, -12)], [GraphTensor.FromLongs([4], 2, 3, -4, 5)]);
        cases.Add("fmod", "Mod", [x], [Uniform(2, 1, 2, 4, 1)], ("fmod", 1));
        cases.Add("leaky slope", "LeakyRelu", [x], [], ("alpha", 0.1f));
        cases.Add("hard sigmoid of mobile nets", "HardSigmoid", [x], [], ("alpha", 1f / 6), ("beta", 0.5f));
        cases.Add("prelu", "PRelu", [x], [Normal(2, 3, 1, 1)]);
        cases.Add("clip both", "Clip", [x], [GraphTensor.Scalar(-0.5f), GraphTensor.Scalar(0.75f)]);
        cases.Add("clip none", "Clip", [x]);
        cases.Add("softmax last", "Softmax", [x], [], ("axis", -1));
        cases.Add("softmax channel", "Softmax", [x], [], ("axis", 1));
        cases.AddAt("softmax flattened", 11, "Softmax", [x], [], ("axis", 2));
        cases.AddAt("clip attributes", 10, "Clip", [x], [], ("min", -0.25f), ("max", 0.5f));
        foreach (var name in (string[])["Sqrt", "Log", "Reciprocal"])
        {
            cases.Add(name, name, [Uniform(1, 0.5f, 4, 2, 3, 4)]);
        }

        foreach (var name in (string[])["Add", "Sub", "Mul", "Max", "Min", "Sum"])
        {
            cases.Add($"{name} broadcast", name, [x, Normal(2, 3, 1, 5)]);
        }

        cases.Add("div", "Div", [x], [Uniform(2, 1, 2, 4, 1)]);
        cases.Add("integer div", "Div", [GraphTensor.FromLongs([4], 7, -7, 9, 12)], [GraphTensor.FromLongs([4], 2, 2, 4, 5)]);
        cases.Add("pow", "Pow", [Uniform(1, 0.5f, 2, 2, 3)], [GraphTensor.Scalar(2f)]);
    }

    private static void Pooling(OperatorCaseList cases)
    {
        var image = Normal(1, 2, 3, 9, 10);
        cases.Add("max pool sppf", "MaxPool", [image], [], ("kernel_shape", Ints(5, 5)), ("pads", Ints(2, 2, 2, 2)),
            ("strides", Ints(1, 1)));
        cases.Add("max pool ceil", "MaxPool", [image], [], ("kernel_shape", Ints(2, 2)), ("strides", Ints(2, 2)), ("ceil_mode", 1));
        cases.Add("max pool asymmetric", "MaxPool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(0, 0, 1, 1)),
            ("strides", Ints(2, 2)));
        cases.Add("max pool dilated", "MaxPool", [image], [], ("kernel_shape", Ints(3, 3)), ("dilations", Ints(2, 2)));
        cases.Add("average pool", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1)));
        cases.Add("average pool with padding", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1)),
            ("count_include_pad", 1));
        cases.Add("average pool asymmetric", "AveragePool", [image], [], ("kernel_shape", Ints(3, 3)), ("pads", Ints(0, 1, 1, 0)),
            ("strides", Ints(2, 2)));
        cases.Add("global average", "GlobalAveragePool", [image]);
        cases.Add("global max", "GlobalMaxPool", [image]);
        cases.Add("mean of attribute axes", "ReduceMean", [image], [], ("axes", Ints(2, -1)), ("keepdims", 0));
        cases.Add("mean of all", "ReduceMean", [image]);
        cases.Add("sum of input axes", "ReduceSum", [image], [GraphTensor.FromLongs([1], 1)]);
        cases.Add("largest", "ReduceMax", [image], [], ("axes", Ints(1)));
        cases.Add("product", "ReduceProd", [image], [], ("axes", Ints(1, 3)), ("keepdims", 0));
        cases.Add("product of all", "ReduceProd", [Uniform(1, 0.9f, 1.1f, 2, 3, 4)]);
        foreach (var name in (string[])["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"])
        {
            cases.Add(name, name, [image], [], ("axes", Ints(1, 2)));
            cases.AddAt($"{name} without axis", 18, name, [image], [GraphTensor.FromLongs([1], -1)], ("keepdims", 0));
        }

        cases.Add("log of sum", "ReduceLogSum", [Uniform(1, 0.5f, 2, 2, 3, 4)], [], ("axes", Ints(1)));
        cases.Add("argmin", "ArgMin", [image], [], ("axis", 2), ("keepdims", 0));
        cases.Add("smallest", "ReduceMin", [image], [], ("axes", Ints(1)));
    }

    private static void Resizing(OperatorCaseList cases)
    {
        var image = Normal(1, 2, 3, 5, 6);
        var twice = GraphTensor.FromFloats([4], 1, 1, 2, 2);
        var odd = GraphTensor.FromFloats([4], 1, 1, 1.6f, 0.7f);
        foreach (var mode in (string[])["nearest", "linear"])
        {
            foreach (var coordinates in (string[])["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"])
            {
                cases.AddResize($"resize {mode} {coordinates} twice", image, twice, ("mode", mode),
                    ("coordinate_transformation_mode", coordinates));
                cases.AddResize(
                    $"resize {mode} {coordinates} odd", image, odd, ("mode", mode), ("coordinate_transformation_mode", coordinates));
            }
        }

        foreach (var rounding in (string[])["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
        {
            cases.AddResize($"resize nearest {rounding}", image, odd, ("mode", "nearest"),
                ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", rounding));
        }

        cases.AddNode(
            "resize sizes", "Resize", ["x0", "", "", "c0"], [image], [GraphTensor.FromLongs([4], 2, 3, 10, 9)], 17, [("mode", "linear")]);
    }

    private static void Linear(OperatorCaseList cases)
    {
        cases.Add("matmul", "MatMul", [Normal(1, 2, 3, 4)], [Normal(2, 4, 5)]);
        cases.Add("gemm", "Gemm", [Normal(1, 3, 4)], [Normal(2, 5, 4), Normal(3, 5)], ("transB", 1), ("alpha", 0.5f), ("beta", 2f));
        cases.Add("einsum", "Einsum", [Normal(1, 2, 3, 4), Normal(2, 2, 5, 4)], [], ("equation", "bij, bkj -> bik"));
        cases.Add("einsum implied", "Einsum", [Normal(1, 3, 4), Normal(2, 4, 2)], [], ("equation", "ij,jk"));
        cases.Add("einsum ellipsis", "Einsum", [Normal(1, 2, 5, 3, 4), Normal(2, 4, 2)], [], ("equation", "...ij,jk->...ik"));
        cases.AddAt("attention", 23, "Attention", [Normal(1, 2, 3, 5, 4), Normal(2, 2, 3, 6, 4), Normal(3, 2, 3, 6, 7)]);
        cases.AddAt("attention causal", 23, "Attention", [Normal(1, 2, 3, 5, 4), Normal(2, 2, 3, 5, 4), Normal(3, 2, 3, 5, 4)], [],
            ("is_causal", 1));
        cases.AddAt("attention joined, mask", 23, "Attention", [Normal(1, 2, 5, 12), Normal(2, 2, 6, 6), Normal(3, 2, 6, 6)],
            [Normal(4, 5, 6)], ("q_num_heads", 4), ("kv_num_heads", 2), ("scale", 0.3f));
        cases.Add("gemm transposed", "Gemm", [Normal(1, 4, 3)], [Normal(2, 4, 5)], ("transA", 1));
        cases.Add("argmax", "ArgMax", [Normal(1, 3, 4)], [], ("axis", 1));
    }

    private static void Quantization(OperatorCaseList cases)
    {
        var codes = GraphTensor.From<sbyte>([2, 3], [-128, -5, 0, 7, 64, 127]);
        cases.Add("dequantize per channel", "DequantizeLinear", [codes],
            [GraphTensor.FromFloats([2], 0.1f, 0.3f), GraphTensor.From<sbyte>([2], [0, 0])], ("axis", 0));
    }

    private static void Normalizations(OperatorCaseList cases)
    {
        var image = Normal(1, 2, 6, 4, 5);
        cases.Add("layer norm", "LayerNormalization", [image], [Normal(2, 5), Normal(3, 5)], ("epsilon", 1e-3f));
        cases.Add("layer norm of several axes", "LayerNormalization", [image], [Normal(2, 6, 4, 5)], ("axis", 1));
        cases.Add("layer norm broadcast", "LayerNormalization", [image], [Normal(2, 5), Normal(3, 5)], ("axis", 2));
        cases.AddAt("group norm", 21, "GroupNormalization", [image], [Normal(2, 6), Normal(3, 6)], ("num_groups", 3));
        cases.Add("instance norm", "InstanceNormalization", [image], [Normal(2, 6), Normal(3, 6)]);
        cases.AddAt("rms norm", 23, "RMSNormalization", [image], [Normal(2, 5)]);
        cases.Add("l2 normalization", "LpNormalization", [image], [], ("axis", 1));
        cases.Add("l1 normalization", "LpNormalization", [image], [], ("p", 1));
        cases.Add("local response", "LRN", [image], [], ("size", 3), ("alpha", 0.01f));
    }

    private static AttributeValue Ints(params long[] values) => values;
}
