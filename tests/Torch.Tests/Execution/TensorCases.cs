using QatPipeline.Graphs.Model;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Cases of operators that move, compare and pick elements.</summary>
internal static class TensorCases
{
    public static void AddTo(OperatorCaseList cases)
    {
        Shapes(cases);
        Logic(cases);
        Selections(cases);
    }

    private static void Shapes(OperatorCaseList cases)
    {
        var x = Normal(1, 2, 6, 4, 5);
        cases.Add("reshape", "Reshape", [x], [GraphTensor.FromLongs([3], 0, -1, 10)]);
        cases.Add("flatten", "Flatten", [x], [], ("axis", 2));
        cases.Add("transpose", "Transpose", [x], [], ("perm", Ints(0, 2, 3, 1)));
        cases.Add("squeeze", "Squeeze", [Normal(1, 2, 1, 3, 1)], [GraphTensor.FromLongs([2], 1, -1)]);
        cases.Add("squeeze all", "Squeeze", [Normal(1, 2, 1, 3, 1)]);
        cases.AddAt("unsqueeze attribute", 11, "Unsqueeze", [x], [], ("axes", Ints(0, -1)));
        cases.Add("unsqueeze", "Unsqueeze", [x], [GraphTensor.FromLongs([2], 4, 1)]);
        cases.Add("concat", "Concat", [x, Normal(2, 2, 3, 4, 5)], [], ("axis", 1));
        cases.Add("slice", "Slice", [x],
            [
                GraphTensor.FromLongs([2], 1, -4), GraphTensor.FromLongs([2], 5, long.MaxValue),
                GraphTensor.FromLongs([2], 1, 3), GraphTensor.FromLongs([2], 2, 1),
            ]);
        cases.Add("slice backwards", "Slice", [x],
            [
                GraphTensor.FromLongs([1], -1), GraphTensor.FromLongs([1], long.MinValue),
                GraphTensor.FromLongs([1], 2), GraphTensor.FromLongs([1], -2),
            ]);
        cases.AddAt("slice attributes", 9, "Slice", [x], [], ("starts", Ints(1)), ("ends", Ints(3)), ("axes", Ints(1)));
        cases.Add("gather rows", "Gather", [x], [GraphTensor.FromLongs([2, 2], 0, 3, -1, 1)], ("axis", 1));
        cases.Add("gather scalar", "Gather", [x], [GraphTensor.Scalar(2L)], ("axis", 3));
        cases.Add("shape", "Shape", [x]);
        cases.Add("cast", "Cast", [x], [], ("to", (long)ElementType.Int64));
        cases.Add("expand", "Expand", [Normal(1, 2, 1, 5)], [GraphTensor.FromLongs([4], 3, 1, 4, 1)]);
        cases.Add("tile", "Tile", [x], [GraphTensor.FromLongs([4], 1, 2, 1, 3)]);
        cases.Add("depth to space DCR", "DepthToSpace", [Normal(1, 2, 8, 3, 4)], [], ("blocksize", 2));
        cases.Add("depth to space CRD", "DepthToSpace", [Normal(1, 2, 8, 3, 4)], [], ("blocksize", 2), ("mode", "CRD"));
        cases.Add("space to depth", "SpaceToDepth", [x], [], ("blocksize", 1));
        cases.Add("constant of shape", "ConstantOfShape", [GraphTensor.FromLongs([2], 2, 3)], [],
            ("value", GraphTensor.FromFloats([1], 1.5f)));
        cases.Add("pad", "Pad", [x], [GraphTensor.FromLongs([8], 0, 1, 1, 2, 0, 0, 2, 1), GraphTensor.Scalar(0.5f)]);
        cases.Add("pad edge", "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "edge"));
        cases.AddAt("pad wrap", 19, "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "wrap"));
        cases.AddNode(
            "pad axes",
            "Pad",
            ["x0", "c0", "", "c1"],
            [x],
            [GraphTensor.FromLongs([4], 1, 2, 0, 1), GraphTensor.FromLongs([2], -1, 1)],
            18,
            []);
        cases.Add("expand bool", "Expand", [new GraphTensor(ElementType.Bool, [2, 1], [1, 0])], [GraphTensor.FromLongs([2], 2, 3)]);
        cases.Add("cast like", "CastLike", [GraphTensor.FromLongs([3], 1, -2, 3)], [GraphTensor.Scalar(1f)]);
        cases.Add("size", "Size", [x]);
        cases.Add("range", "Range", [GraphTensor.Scalar(2L)], [GraphTensor.Scalar(11L), GraphTensor.Scalar(3L)]);
        cases.Add("pad reflect", "Pad", [x], [GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 2, 1)], ("mode", "reflect"));
        cases.AddNode("constant", "Constant", [], [], [], 17, [("value", Normal(3, 2, 2))]);
        cases.AddNode("split sizes", "Split", ["x0", "c0"], [x], [GraphTensor.FromLongs([3], 1, 2, 3)], 17, [("axis", 1)], outputs: 3);
        cases.AddNode("split equal", "Split", ["x0"], [x], [], 17, [("axis", 1)], outputs: 2);
        cases.AddNode("split attribute", "Split", ["x0"], [x], [], 11, [("axis", 1), ("split", Ints(4, 2))], outputs: 2);
    }

    private static void Logic(OperatorCaseList cases)
    {
        var (left, right) = (GraphTensor.FromFloats([2, 3], 1, 2, 3, 4, 5, 6), GraphTensor.FromFloats([3], 1, 3, 3));
        foreach (var name in (string[])["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"])
        {
            cases.Add(name, name, [left], [right]);
            cases.Add($"{name} of integers", name, [GraphTensor.FromLongs([3], 1, 2, 3)], [GraphTensor.FromLongs([3], 1, 3, 2)]);
        }

        var (yes, no) = (Flags([2, 2], 1, 1, 0, 0), Flags([2], 1, 0));
        foreach (var name in (string[])["And", "Or", "Xor"])
        {
            cases.Add(name, name, [yes], [no]);
        }

        var special = GraphTensor.FromFloats([4], float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1);
        cases.Add("not", "Not", [yes]);
        cases.Add("nan", "IsNaN", [special]);
        cases.Add("infinite", "IsInf", [special]);
        cases.Add("infinite upwards", "IsInf", [special], [], ("detect_negative", 0));
        cases.Add("where", "Where", [Flags([2, 1], 1, 0), left, right]);
    }

    private static void Selections(OperatorCaseList cases)
    {
        var x = Normal(1, 2, 3, 4, 5);
        var equal = GraphTensor.FromFloats([2, 5], 3, 1, 3, 2, 3, 0, 0, -1, 5, 0);
        var two = GraphTensor.FromLongs([1], 2);
        cases.AddAt("top k", 17, ["y0", "y1"], "TopK", [x], [two]);
        cases.AddAt("top k smallest of equal ones", 17, ["y0", "y1"], "TopK", [equal], [two], ("largest", 0));
        cases.AddAt("top k on an axis", 17, ["y0", "y1"], "TopK", [x], [two], ("axis", 1));
        cases.Add("gather elements", "GatherElements", [x], [GraphTensor.FromLongs([2, 2, 4, 5], Wrapped(80, 3))], ("axis", 1));
        cases.Add("gather nd", "GatherND", [x], [GraphTensor.FromLongs([3, 2], 0, 1, 1, -1, 0, 2)]);
        cases.Add("gather nd in batches", "GatherND", [x], [GraphTensor.FromLongs([2, 3, 1], 0, 1, 2, -1, 0, 2)], ("batch_dims", 1));
        cases.Add("scatter nd", "ScatterND", [x], [GraphTensor.FromLongs([2, 2], 0, 1, 1, -1), Normal(2, 2, 4, 5)]);
        cases.Add("scatter nd adding", "ScatterND", [x], [GraphTensor.FromLongs([2, 2], 0, 1, 0, 1), Normal(2, 2, 4, 5)],
            ("reduction", "add"));
        cases.Add("scatter elements", "ScatterElements", [Normal(1, 3, 4)], [GraphTensor.FromLongs([1, 3], 2, 0, -2), Normal(2, 1, 3)],
            ("axis", 0));
        cases.Add("scatter elements adding", "ScatterElements", [Normal(1, 3, 4)],
            [GraphTensor.FromLongs([2, 2], 1, 1, 0, 3), Normal(2, 2, 2)], ("axis", 1), ("reduction", "add"));
        var boxes = Uniform(3, 0, 4, 2, 40, 4);
        var scores = GraphTensor.FromFloats([2, 3, 40], [.. Wrapped(240, 9).Select(step => step / 10f)]);
        foreach (var centre in (int[])[0, 1])
        {
            cases.Add($"suppression, centre {centre}", "NonMaxSuppression", [boxes, scores],
                [GraphTensor.FromLongs([1], 9), GraphTensor.FromFloats([1], 0.3f), GraphTensor.FromFloats([1], 0.1f)],
                ("center_point_box", centre));
        }

        cases.Add("suppression without a threshold", "NonMaxSuppression", [boxes, scores],
            [GraphTensor.FromLongs([1], 100), GraphTensor.FromFloats([1], 0.5f)]);
        cases.Add("suppression of everything", "NonMaxSuppression", [boxes, scores]);
        cases.Add("non zero", "NonZero", [equal]);
        cases.Add("one hot", "OneHot", [GraphTensor.FromLongs([2, 2], 0, 2, -1, 1)],
            [GraphTensor.Scalar(3L), GraphTensor.FromFloats([2], -1, 4)], ("axis", 1));
        cases.Add("upper triangle", "Trilu", [x], [GraphTensor.Scalar(1L)]);
        cases.Add("lower triangle", "Trilu", [x], [], ("upper", 0));
        cases.Add("running sum", "CumSum", [x], [GraphTensor.Scalar(2L)]);
        cases.Add("running sum backwards", "CumSum", [x], [GraphTensor.Scalar(-1L)], ("reverse", 1), ("exclusive", 1));
        foreach (var mode in (string[])["linear", "nearest"])
        {
            foreach (var padding in (string[])["zeros", "border", "reflection"])
            {
                cases.AddAt($"grid sample {mode} {padding}", 20, "GridSample",
                    [Normal(1, 2, 3, 5, 6), Uniform(2, -1.4f, 1.4f, 2, 4, 3, 2)], [],
                    ("mode", mode), ("padding_mode", padding), ("align_corners", padding == "border" ? 1 : 0));
            }
        }
    }

    private static GraphTensor Flags(long[] shape, params byte[] values) => new(ElementType.Bool, shape, values);

    private static long[] Wrapped(int count, int size) =>
        [.. Enumerable.Range(0, count).Select(index => (long)((index * 7 % (2 * size)) - size))];

    private static AttributeValue Ints(params long[] values) => values;
}
