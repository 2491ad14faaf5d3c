using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Importing;

/// <summary>What operators of opsets 7 to 13 meant is what they compute once brought to 14.</summary>
public sealed class OldOpsetTests
{
    private static readonly Dictionary<string, (int Opset, Func<GraphBuilder, GraphBuilder> Node)> All = new(StringComparer.Ordinal)
    {
        ["softmax of several axes"] = (11, builder => builder.Node("Softmax", "x", "y", ("axis", 2L))),
        ["softmax of the last axis"] = (11, builder => builder.Node("Softmax", "x", "y", ("axis", 3L))),
        ["log softmax by default"] = (9, builder => builder.Node("LogSoftmax", "x", "y")),
        ["clip"] = (7, builder => builder.Node("Clip", "x", "y", ("min", 0.2f), ("max", 0.7f))),
        ["clip from below"] = (10, builder => builder.Node("Clip", "x", "y", ("min", 0.2f))),
        ["pad"] = (8, builder => builder.Node(
            "Pad", "x", "y", ("pads", new long[] { 0, 0, 1, 2, 0, 0, 2, 1 }), ("value", 0.5f))),
        ["slice"] = (9, builder => builder.Node(
            "Slice", "x", "y", ("starts", new long[] { 1, 0 }), ("ends", new long[] { 3, -1 }), ("axes", new long[] { 1, 3 }))),
        ["slice of the first axes"] = (7, builder => builder.Node(
            "Slice", "x", "y", ("starts", new long[] { 0 }), ("ends", new long[] { 1 }))),
        ["top k"] = (9, builder => builder.Node("TopK", "x", "y i", ("k", 2L))),
        ["top k by input"] = (10, builder => builder.Constant("k", Tensor.FromLongs([1], 2)).Node("TopK", "x k", "y i")),
        ["dropout"] = (7, builder => builder.Node("Dropout", "x", "y", ("ratio", 0.3f))),
        ["upsample by attribute"] = (7, builder => builder.Node(
            "Upsample", "x", "y", ("mode", "nearest"), ("scales", new[] { 1f, 1, 2, 2 }))),
        ["upsample"] = (9, builder => builder.Constant("s", Tensor.FromFloats([4], 1, 1, 2, 3))
            .Node("Upsample", "x s", "y", ("mode", "nearest"))),
        ["upsample linear"] = (9, builder => builder.Constant("s", Tensor.FromFloats([4], 1, 1, 2, 2))
            .Node("Upsample", "x s", "y", ("mode", "linear"))),
        ["resize"] = (10, builder => builder.Constant("s", Tensor.FromFloats([4], 1, 1, 2, 2))
            .Node("Resize", "x s", "y", ("mode", "linear"))),
        ["scatter"] = (9, builder => builder.Constant("i", Tensor.FromLongs([1, 1, 1, 2], 2, 0))
            .Constant("u", Tensor.FromFloats([1, 1, 1, 2], 7, 8)).Node("Scatter", "x i u", "y", ("axis", 1L))),
        ["squeeze"] = (11, builder => builder.Node("Squeeze", "x", "y", ("axes", new long[] { 0 }))),
        ["unsqueeze"] = (11, builder => builder.Node("Unsqueeze", "x", "y", ("axes", new long[] { 0, 5 }))),
        ["sum"] = (11, builder => builder.Node("ReduceSum", "x", "y", ("axes", new long[] { 1, -1 }), ("keepdims", 0L))),
        ["split"] = (11, builder => builder.Node("Split", "x", "y z", ("axis", 1L), ("split", new long[] { 1, 2 }))),
        ["batch normalization"] = (7, builder => builder.Constant("p", Tensor.FromFloats([3], 0.5f, 1, 2))
            .Node("BatchNormalization", "x p p p p", "y", ("spatial", 1L), ("momentum", 0.9f))),
        ["batch normalization of 13"] = (13, builder => builder.Constant("p", Tensor.FromFloats([3], 0.5f, 1, 2))
            .Node("BatchNormalization", "x p p p p", "y", ("momentum", 0.9f))),
    };

    public static TheoryData<string> Cases() => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_OfAnOldOpset_ComputesTheSame(string name)
    {
        var (opset, node) = All[name];
        var graph = node(new GraphBuilder(opset).Input("x", 1, 3, 4, 5)).Output("y").Graph;
        var inputs = new Dictionary<string, Tensor> { ["x"] = RandomTensors.Uniform(1, 0, 1, 1, 3, 4, 5) };
        var expected = OrtRunner.Run(graph, inputs);

        ModelImporter.Apply(graph);

        Assert.Equal(14, graph.Opset);
        Assert.Contains($"brought from opset {opset} to 14", Assert.Single(graph.Remarks), StringComparison.Ordinal);
        Assertions.Close(expected, OrtRunner.Run(graph, inputs), tolerance: 0);
        ShapeInference.Apply(graph);
        Assert.Equal(expected["y"].Dimensions, graph.Outputs[0].StaticShape);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void HardSwish_OfAnOpsetThatLacksIt_BecomesOneOperator(int opset)
    {
        var graph = new GraphBuilder(opset).Input("x", 1, 3, 4, 5)
            .Node("HardSigmoid", "x", "gate", ("alpha", 1 / 6f), ("beta", 0.5f)).Node("Mul", "x gate", "y").Output("y").Graph;

        ModelImporter.Apply(graph);
        GraphSimplifier.Simplify(graph);

        Assert.Equal(["HardSwish"], graph.Nodes.Select(node => node.OpType));
    }

    [Fact]
    public void Softmax_OfAValueWhoseRankTheFileDoesNotSay_StaysOneNode()
    {
        var graph = new GraphBuilder(9).Input("x", 1, 3, 4, 5).Node("Relu", "x", "r").Node("Softmax", "r", "y", ("axis", 3L)).Output("y").Graph;

        ModelImporter.Apply(graph);

        Assert.Equal(["Relu", "Softmax"], graph.Nodes.Select(node => node.OpType));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(18)]
    [InlineData(22)]
    [InlineData(25)]
    public void Model_OfAnyOpset_IsReadAndWritten(int opset)
    {
        var graph = new GraphBuilder(opset).Input("x", 1, 3).Node("Relu", "x", "y").Output("y").Graph;

        Assert.Equal(opset, OnnxReader.Read(new MemoryStream(OnnxWriter.WriteBytes(graph)), "x.onnx").Opset);
    }

    [Fact]
    public void StatisticsForEveryPosition_AreRefusedByOperator()
    {
        var graph = new GraphBuilder(7).Input("x", 1, 3).Constant("p", Tensor.FromFloats([3], 1, 1, 2))
            .Node("BatchNormalization", "x p p p p", "y", ("spatial", 0L)).Output("y").Graph;

        var exception = Assert.Throws<GraphException>(() => ModelImporter.Apply(graph));

        Assert.Contains("BatchNormalization 'y.BatchNormalization' of opset 7", exception.Message, StringComparison.Ordinal);
    }
}
