using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.OrtCpu;
using QatPipeline.Graphs.Tests.Support;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

/// <summary>The rewrites before ONNX Runtime's own: the same values to the bit, and the kernels they are meant to save.</summary>
public sealed class OrtCpuEngineGraphTests
{
    [Fact]
    public void Rewrite_OfAHead_SavesItsTranspositions()
    {
        var graph = Head(shape: [0, 3, -1]);
        var before = TranspositionsOf(graph);

        Assert.True(RewriteKeepsEveryBit(graph));

        // One a level and the last are gone; that of the pictures stays.
        Assert.Equal((4, 1), (before, TranspositionsOf(graph)));
    }

    [Theory]
    [InlineData(0, 0, -1)]
    [InlineData(1, 3, -1)]
    public void Rewrite_OfAHead_TakesTheShapesThatMeanTheSame(long batch, long channels, long positions) =>
        Assert.True(RewriteKeepsEveryBit(Head([batch, channels, positions])));

    [Fact]
    public void Rewrite_OfOtherReshapes_LeavesThem() => Assert.False(RewriteKeepsEveryBit(Head(shape: [0, 9, -1])));

    [Fact]
    public void Rewrite_OfAJoinThatIsReadElsewhere_LeavesIt()
    {
        var graph = Head(shape: [0, 3, -1]);
        graph.Outputs.Add(new ValueInfo("joined", ElementType.Float, null));

        Assert.False(RewriteKeepsEveryBit(graph));
    }

    [Theory]
    [InlineData(3, 16, true)]
    [InlineData(1, 16, false)]
    [InlineData(4, 16, false)]
    [InlineData(3, 8, false)]
    public void Rewrite_OfAFirstConvolution_PadsItsInputWhereTheKernelGains(int channels, int outputs, bool pads)
    {
        var graph = First(channels, outputs);

        Assert.Equal(pads, RewriteKeepsEveryBit(graph));

        Assert.Equal(pads, graph.Nodes.Exists(node => node.OpType == "Pad"));
        Assert.Contains(OrtRunner.Optimized(graph).Nodes, node => node.OpType == "QLinearConv");
        Assert.Equal([outputs, pads ? 4 : channels, 3, 3], WeightOf(graph).Dimensions);
    }

    private static bool RewriteKeepsEveryBit(Graph graph)
    {
        var inputs = InputsOf(graph, seed: 5);
        var expected = OrtRunner.Run(graph, inputs, optimize: true);

        var changed = OrtCpuEngineGraph.Rewrite(graph);

        foreach (var (name, value) in OrtRunner.Run(graph, inputs, optimize: true))
        {
            Assertions.Equal(expected[name], value);
        }

        return changed;
    }

    private static int TranspositionsOf(Graph graph) => OrtRunner.Optimized(graph).Nodes.Count(node => node.OpType == "Transpose");

    private static Tensor WeightOf(Graph graph)
    {
        var dequantize = graph.Nodes.Single(node => node.Outputs[0] == "weight");
        return graph.Initializers[dequantize.Inputs[0]];
    }

    /// <summary>Two levels of quantized predictions, as YOLOv6's head joins them.</summary>
    private static Graph Head(long[] shape)
    {
        var builder = Quantized(new GraphBuilder().Input("x", 1, 16, 6, 6), "x", "a")
            .Constant("shape", Tensor.FromLongs([3], shape));
        AddConvolution(builder, "a", "p", inputs: 16, outputs: 3, stride: 1);
        AddConvolution(builder, "a", "q", inputs: 16, outputs: 3, stride: 2);
        return builder
            .Node("Reshape", "p_real shape", "first").Node("Reshape", "q_real shape", "second")
            .Node("Concat", "first second", "joined", ("axis", 2L))
            .Node("Transpose", "joined", "y", ("perm", new long[] { 0, 2, 1 }))
            .Output("y").Graph;
    }

    private static Graph First(int channels, int outputs)
    {
        var builder = Quantized(new GraphBuilder().Input("x", 1, channels, 8, 8), "x", "a");
        AddConvolution(builder, "a", "c", channels, outputs, stride: 2, weight: "weight");
        return builder.Node("Identity", "c_real", "y").Output("y").Graph;
    }

    private static void AddConvolution(
        GraphBuilder builder, string input, string output, int inputs, int outputs, int stride, string? weight = null)
    {
        weight ??= $"{output}_weight";
        var random = new Random(outputs);
        var codes = Enumerable.Range(0, outputs * inputs * 9).Select(_ => (sbyte)random.Next(-127, 128)).ToArray();
        builder
            .Constant($"{weight}_codes", Tensor.From<sbyte>([outputs, inputs, 3, 3], codes))
            .Constant($"{weight}_scale", Uniform(7, 0.01f, 0.02f, outputs))
            .Constant($"{weight}_zero", Tensor.From<sbyte>([outputs], new sbyte[outputs]))
            .Node("DequantizeLinear", $"{weight}_codes {weight}_scale {weight}_zero", weight, ("axis", 0L))
            .Node(
                "Conv", $"{input}_real {weight}", output,
                ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { stride, stride }));
        Quantized(builder, output, output);
    }

    /// <summary>Codes of a value with a zero point, so that padding with anything else would show.</summary>
    private static GraphBuilder Quantized(GraphBuilder builder, string value, string name) => builder
        .Constant($"{name}_scale", Tensor.FromFloats([], 0.03f)).Constant($"{name}_zero", Tensor.From<byte>([], [100]))
        .Node("QuantizeLinear", $"{value} {name}_scale {name}_zero", $"{name}_codes")
        .Node("DequantizeLinear", $"{name}_codes {name}_scale {name}_zero", $"{name}_real");
}
