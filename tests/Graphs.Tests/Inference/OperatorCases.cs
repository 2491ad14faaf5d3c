using QatPipeline.Graphs.Model;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Inference;

/// <summary>The operators detectors use, with the attribute combinations that change shapes.</summary>
internal static class OperatorCases
{
    public static IReadOnlyDictionary<string, OperatorCase> All { get; } = List().ToDictionary(item => item.Name, StringComparer.Ordinal);

    private static IEnumerable<OperatorCase> List()
    {
        var map = Normal(1, 2, 4, 9, 7);
        string[] unaries =
        [
            "Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Identity", "Exp", "Sqrt", "Neg", "Softmax", "Tanh", "Floor",
            "Reciprocal",
        ];
        foreach (var unary in unaries)
        {
            yield return Case(unary, unary, [Uniform(2, 0.1f, 2, 3, 5)]) with
            {
                Folds = unary is "Identity" or "Exp" or "Sqrt" or "Neg" or "Floor" or "Reciprocal" or "Relu" or "Sigmoid",
            };
        }

        foreach (var binary in new[] { "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Equal", "Less", "GreaterOrEqual" })
        {
            yield return Case($"{binary} broadcast", binary, [Uniform(3, 1, 2, 2, 1, 4), Uniform(4, 1, 2, 3, 1)]) with
            {
                DataInputs = 2,
                Folds = true,
            };
        }

        yield return Case("Add int64", "Add", [Longs(1, -2, 3), Longs(10)]) with { Folds = true };
        yield return Case("Div int64", "Div", [Longs(-7, 7, 8), Longs(2)]) with { Folds = true };
        yield return Case("Clip", "Clip", [map, Tensor.Scalar(-0.5f), Tensor.Scalar(0.5f)]);
        yield return Case("Where", "Where", [new Tensor(ElementType.Bool, [3, 1], [1, 0, 1]), Normal(5, 3, 2), Normal(6, 2)]) with
        {
            Folds = true,
        };
        yield return Case("Cast to int64", "Cast", [Uniform(7, -9, 9, 6)], ("to", 7L)) with { Folds = true };
        yield return Case("Cast to float", "Cast", [Longs(1, 2, -3)], ("to", 1L)) with { Folds = true };
        yield return Case("Cast to bool", "Cast", [Longs(1, 0, -3)], ("to", 9L)) with { Folds = true };
        yield return Case("QuantizeLinear", "QuantizeLinear", [map, Tensor.Scalar(0.1f), Tensor.Scalar((sbyte)0)]);
        yield return Case(
            "DequantizeLinear", "DequantizeLinear", [Tensor.From<byte>([3], [1, 2, 200]), Tensor.Scalar(0.1f), Tensor.Scalar((byte)3)]);

        yield return Case(
            "Conv",
            "Conv",
            [map, Normal(8, 6, 4, 3, 3), Normal(9, 6)],
            ("pads", new long[] { 1, 0, 1, 2 }),
            ("strides", new long[] { 2, 1 }));
        yield return Case("Conv dilated groups", "Conv", [map, Normal(8, 4, 2, 3, 3)], ("dilations", new long[] { 2, 2 }), ("group", 2L));
        yield return Case("Conv same", "Conv", [map, Normal(8, 6, 4, 3, 3)], ("auto_pad", "SAME_UPPER"), ("strides", new long[] { 2, 2 }));
        yield return Case("Conv valid", "Conv", [map, Normal(8, 6, 4, 3, 3)], ("auto_pad", "VALID"));
        yield return Case("ConvTranspose", "ConvTranspose", [map, Normal(10, 4, 3, 2, 2)], ("strides", new long[] { 2, 2 }));
        yield return Case("ConvTranspose padded", "ConvTranspose", [map, Normal(10, 4, 3, 3, 3)],
            ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }), ("output_padding", new long[] { 1, 1 }), ("group", 2L));
        yield return Case(
            "BatchNormalization", "BatchNormalization", [map, Normal(11, 4), Normal(12, 4), Normal(13, 4), Uniform(14, 0.5f, 2, 4)]);
        yield return Case("MaxPool", "MaxPool", [map], ("kernel_shape", new long[] { 5, 5 }), ("pads", new long[] { 2, 2, 2, 2 }));
        yield return Case(
            "MaxPool ceil", "MaxPool", [map], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", 1L));
        yield return Case("AveragePool ceil padded", "AveragePool", [map],
            ("kernel_shape", new long[] { 3, 3 }),
            ("strides", new long[] { 3, 3 }),
            ("pads", new long[] { 1, 1, 1, 1 }),
            ("ceil_mode", 1L));
        yield return Case("GlobalAveragePool", "GlobalAveragePool", [map]);
        yield return Case("ReduceMean", "ReduceMean", [map], ("axes", new long[] { -1, 2 }), ("keepdims", 1L));
        yield return Case("ReduceMean all", "ReduceMean", [map], ("keepdims", 0L));
        yield return Case("ReduceMean axes input", "ReduceMean", [map, Longs(1)], ("keepdims", 0L)) with { Opset = 18 };
        yield return Case("ArgMax", "ArgMax", [map], ("axis", 1L), ("keepdims", 0L));
        yield return Case("Resize scales", "Resize", [map, null, Tensor.FromFloats([4], 1, 1, 2, 1.5f)], ("mode", "nearest"));
        yield return Case("Resize sizes", "Resize", [map, null, null, Longs(2, 4, 20, 20)], ("mode", "linear"));
        yield return Case("DepthToSpace", "DepthToSpace", [map], ("blocksize", 2L));
        yield return Case("SpaceToDepth", "SpaceToDepth", [Normal(15, 1, 2, 4, 6)], ("blocksize", 2L));
        yield return Case("Gemm", "Gemm", [Normal(16, 3, 5), Normal(17, 4, 5), Normal(18, 4)], ("transB", 1L));
        yield return Case("MatMul batch", "MatMul", [Normal(19, 2, 1, 3, 5), Normal(20, 4, 5, 6)]);
        yield return Case("MatMul vector", "MatMul", [Normal(19, 2, 3, 5), Normal(20, 5)]);

        yield return Case("Concat", "Concat", [Normal(21, 2, 3), Normal(22, 2, 1), Normal(23, 2, 2)], ("axis", -1L)) with
        {
            DataInputs = 3,
            Folds = true,
        };
        yield return Case("Split equal", "Split", [Normal(24, 2, 6)], ("axis", 1L)) with { Outputs = 3, Folds = true };
        yield return Case("Split sizes", "Split", [Normal(24, 2, 6), Longs(1, 5)], ("axis", 1L)) with { Outputs = 2, Folds = true };
        yield return Case("Split uneven", "Split", [Normal(24, 2, 7)], ("axis", 1L), ("num_outputs", 3L)) with
        {
            Outputs = 3,
            Opset = 18,
            Folds = true,
        };
        yield return Case("Split opset 11", "Split", [Normal(24, 2, 6)], ("axis", 1L), ("split", new long[] { 2, 4 })) with
        {
            Outputs = 2,
            Opset = 11,
            Folds = true,
        };
        yield return Case("Slice", "Slice", [Normal(25, 5, 6), Longs(1, -2), Longs(long.MaxValue, 0), Longs(0, 1), Longs(2, -1)]) with
        {
            Folds = true,
        };
        yield return Case("Slice to the front", "Slice", [Normal(25, 5, 6), Longs(-1), Longs(long.MinValue), Longs(1), Longs(-2)]) with
        {
            Folds = true,
        };
        yield return Case("Gather", "Gather", [Normal(26, 4, 5, 2), Tensor.FromLongs([2, 2], 0, -1, 3, 1)], ("axis", 1L)) with
        {
            Folds = true,
        };
        yield return Case("Gather scalar", "Gather", [Normal(26, 4, 5), Tensor.Scalar(2L)]) with { Folds = true };
        yield return Case("Pad", "Pad", [map, Longs(0, 0, 1, 2, 0, 0, 3, 4)]);
        yield return Case("Transpose", "Transpose", [Normal(27, 2, 3, 4)], ("perm", new long[] { 2, 0, 1 })) with { Folds = true };
        yield return Case("Transpose default", "Transpose", [Normal(27, 2, 3, 4)]) with { Folds = true };
        yield return Case("Reshape", "Reshape", [Normal(28, 2, 3, 4), Longs(0, -1)]) with { Folds = true };
        yield return Case("Flatten", "Flatten", [Normal(28, 2, 3, 4)], ("axis", 2L)) with { Folds = true };
        yield return Case("Squeeze", "Squeeze", [Normal(28, 1, 3, 1), Longs(-1)]) with { Folds = true };
        yield return Case("Squeeze all", "Squeeze", [Normal(28, 1, 3, 1)]) with { Folds = true };
        yield return Case("Unsqueeze", "Unsqueeze", [Normal(28, 3, 2), Longs(0, -1)]) with { Folds = true };
        yield return Case("Unsqueeze opset 11", "Unsqueeze", [Normal(28, 3, 2)], ("axes", new long[] { 1 })) with
        {
            Opset = 11,
            Folds = true,
        };
        yield return Case("Shape", "Shape", [map]) with { Folds = true };
        yield return Case("Shape section", "Shape", [map], ("start", 1L), ("end", -1L)) with { Folds = true };
        yield return Case("Range", "Range", [Tensor.Scalar(3L), Tensor.Scalar(11L), Tensor.Scalar(3L)]) with
        {
            DataInputs = 0,
            Folds = true,
        };
        yield return Case("Range float", "Range", [Tensor.Scalar(0f), Tensor.Scalar(1f), Tensor.Scalar(0.3f)]) with
        {
            DataInputs = 0,
            Folds = true,
        };
        yield return Case("Tile", "Tile", [Normal(30, 2, 3), Longs(2, 3)]) with { Folds = true };
        yield return Case("Size", "Size", [map]) with { Folds = true };
        yield return Case("TopK", "TopK", [map, Longs(3)], ("axis", 2L)) with { Outputs = 2 };
        yield return Case("GatherElements", "GatherElements", [Normal(31, 3, 4), Tensor.FromLongs([2, 4], 0, 2, 1, -1, 1, 1, 0, 2)]) with
        {
            Folds = true,
        };
        yield return Case("GatherND", "GatherND", [map, Tensor.FromLongs([3, 2], 0, 1, 1, -1, 0, 2)]) with { Folds = true };
        yield return Case("GatherND batches", "GatherND", [map, Tensor.FromLongs([2, 3, 1], 0, 1, 2, -1, 0, 2)], ("batch_dims", 1L));
        yield return Case("ScatterND", "ScatterND", [Normal(32, 3, 4), Tensor.FromLongs([2, 1], 2, 0), Normal(33, 2, 4)]) with
        {
            Folds = true,
        };
        yield return Case("GridSample", "GridSample", [map, Uniform(34, -1, 1, 2, 3, 5, 2)]) with { Opset = 20 };
        yield return Case("Einsum", "Einsum", [Normal(35, 2, 3, 4), Normal(36, 4, 5)], ("equation", "...ij,jk->...ik"));
        yield return Case("Einsum implied", "Einsum", [Normal(35, 3, 4), Normal(36, 4, 5)], ("equation", "ij, jk"));
        yield return Case("LayerNormalization", "LayerNormalization", [map, Normal(37, 7), Normal(38, 7)]);
        yield return Case("GroupNormalization", "GroupNormalization", [map, Normal(37, 4), Normal(38, 4)], ("num_groups", 2L)) with
        {
            Opset = 21,
        };
        yield return Case("Gelu", "Gelu", [map]) with { Opset = 20 };
        yield return Case("Mish", "Mish", [map]) with { Opset = 18 };
        yield return Case("NonZero", "NonZero", [Tensor.FromFloats([2, 2], 1, 1, 1, 1)]) with { HasOpenShape = true };
        yield return Case("OneHot", "OneHot", [Longs(0, 2, 1), Tensor.Scalar(3L), Tensor.FromFloats([2], 0, 1)]);
        yield return Case("CumSum", "CumSum", [map, Tensor.Scalar(1L)]);
        yield return Case("IsNaN", "IsNaN", [map]);
        yield return Case("CastLike", "CastLike", [Longs(1, 2), Tensor.Scalar(1f)]);
        yield return Case("Attention", "Attention", [Normal(39, 2, 5, 12), Normal(40, 2, 6, 6), Normal(41, 2, 6, 6)],
            ("q_num_heads", 4L), ("kv_num_heads", 2L)) with
        { Opset = 23 };
        foreach (var reduction in new[] { "ReduceMax", "ReduceMin", "ReduceL2", "ReduceProd" })
        {
            yield return Case(reduction, reduction, [Uniform(42, 0.5f, 1.5f, 2, 3, 4)], ("axes", new long[] { 1 }), ("keepdims", 0L)) with
            {
                Folds = true,
            };
        }

        yield return Case("ReduceProd int64", "ReduceProd", [Longs(2, 3, 4)], ("keepdims", 0L)) with { Folds = true };
        yield return Case("And", "And", [Flags(1, 0, 1), Flags(1, 1, 0)]) with { Folds = true };
        yield return Case("Not", "Not", [Flags(1, 0, 1)]) with { Folds = true };
        yield return Case("Mod int64", "Mod", [Longs(7, -7, 9), Longs(3)]) with { Folds = true };
        yield return Case("Sin", "Sin", [Normal(43, 3, 2)]) with { Folds = true };
        yield return Case("Cos", "Cos", [Normal(43, 3, 2)]) with { Folds = true };
        yield return Case("Expand", "Expand", [Normal(29, 3, 1), Longs(2, 1, 4)]) with { Folds = true };
        yield return Case("ConstantOfShape", "ConstantOfShape", [Longs(2, 3)], ("value", Tensor.FromLongs([1], 7))) with
        {
            DataInputs = 0,
            Folds = true,
        };
    }

    private static OperatorCase Case(string name, string opType, Tensor?[] inputs, params (string, AttributeValue)[] attributes) =>
        new(name, opType, inputs, attributes);

    private static Tensor Flags(params byte[] values) => new(ElementType.Bool, [values.Length], values);

    private static Tensor Longs(params long[] values) => Tensor.FromLongs([values.Length], values);
}
