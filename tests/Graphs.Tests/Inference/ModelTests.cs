using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Inference;

/// <summary>Shapes of every value of whole models, and the symbolic shapes of dynamic batches.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx")]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx")]
    [InlineData("yolov6lite_s/yolov6lite_s_320x320.onnx")]
    public void EveryValue_HasTheShapeOnnxRuntimeGives(string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file));
        graph.Values.Clear();
        var inputs = RandomTensors.InputsOf(graph, seed: 1, unknown: 2);

        ShapeInference.Apply(graph);

        var batched = graph.Clone();
        batched.Outputs.Clear();
        batched.Outputs.AddRange(
            graph.Nodes.SelectMany(node => node.Outputs).Where(name => name.Length > 0).Select(name => graph.Values[name]));
        var actual = OrtRunner.Run(batched, inputs);
        Assert.All(batched.Outputs, value =>
        {
            Assert.Equal(actual[value.Name].Type, value.Type);
            Assert.NotNull(value.Shape);
            Assert.Equal(actual[value.Name].Dimensions.Count, value.Shape.Count);
            Assert.All(
                value.Shape.Zip(actual[value.Name].Dimensions),
                pair => Assert.True(pair.First.Value is null || pair.First.Value == pair.Second, value.ToString()));
        });
    }

    [Fact]
    public void ReshapeThroughShapeChain_KeepsTheBatchSymbolicAndComputesTheRest()
    {
        var graph = DynamicReshape();

        ShapeInference.Apply(graph);

        Assert.Equal([Dimension.Named("batch"), 85, 1600], graph.Outputs[0].Shape!);
    }

    [Fact]
    public void FoldConstants_TurnsTheShapeChainIntoOneConstantTarget()
    {
        var graph = DynamicReshape();
        var input = new Dictionary<string, Tensor> { ["x"] = RandomTensors.Normal(3, 3, 85, 40, 40) };
        var expected = OrtRunner.Run(graph, input);

        GraphSimplifier.Simplify(graph);

        Assert.Equal(["Reshape"], graph.Nodes.Select(node => node.OpType));
        Assert.Equal([0, 85, -1], graph.Initializers[graph.Nodes[0].Inputs[1]].ToLongs());
        Assertions.Close(expected, OrtRunner.Run(graph, input), tolerance: 0);
    }

    [Fact]
    public void UnknownOperator_KeepsTheDeclaredShapeAndWhatFollowsIsInferred()
    {
        var graph = new GraphBuilder().Input("x", 1, 4).Node("Custom", "x", "a").Node("Relu", "a", "y").Output("y").Graph;
        graph.Nodes[0] = new Node("custom", "Custom", ["x"], ["a"], "com.example");
        graph.Values["a"] = new ValueInfo("a", ElementType.Float, [2, 8]);

        ShapeInference.Apply(graph);

        Assert.Equal([2, 8], graph.Outputs[0].StaticShape!);
    }

    [Fact]
    public void MismatchedShapes_NameTheNode()
    {
        var graph = new GraphBuilder().Input("x", 1, 4).Input("z", 1, 3).Node("Add", "x z", "y").Output("y").Graph;

        var exception = Assert.Throws<GraphException>(() => ShapeInference.Apply(graph));

        Assert.Contains("Add 'y.Add'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 4] and [1, 3]", exception.Message, StringComparison.Ordinal);
    }

    private static Graph DynamicReshape() => new GraphBuilder()
        .Input("x", ElementType.Float, Dimension.Named("batch"), 85, 40, 40)
        .Constant("zero", Tensor.FromLongs([1], 0))
        .Constant("rest", Tensor.FromLongs([2], 85, -1))
        .Node("Shape", "x", "shape")
        .Node("Gather", "shape zero", "batch")
        .Node("Concat", "batch rest", "target", ("axis", 0L))
        .Node("Reshape", "x target", "y")
        .Output("y").Graph;
}
