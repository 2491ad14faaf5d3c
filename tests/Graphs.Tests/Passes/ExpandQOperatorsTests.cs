using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Passes;

/// <summary>Operators on codes against the pairs they become, both in ONNX Runtime: at most one code apart, as fused kernels are.</summary>
public sealed class ExpandQOperatorsTests
{
    private const float Step = 0.05f;

    private static readonly Dictionary<string, Func<GraphBuilder, GraphBuilder>> All = new(StringComparer.Ordinal)
    {
        ["convolution"] = builder => Weight(builder).Constant("b", Tensor.From<int>([5], [40, -30, 20, 0, 7]))
            .Node("QLinearConv", "q s z w ws wz s z b", "r", ("pads", new long[] { 1, 1, 1, 1 })),
        ["product"] = builder => builder
            .Constant("m", Tensor.From<byte>([5, 3], [.. Enumerable.Range(1, 15).Select(value => (byte)(value * 9))]))
            .Node("QLinearMatMul", "q s z m ms mz s z", "r"),
        ["sum"] = builder => Microsoft(builder, "QLinearAdd", "q s z q s z s z"),
        ["elementwise product"] = builder => Microsoft(builder, "QLinearMul", "q s z q s z s z"),
        ["sigmoid"] = builder => Microsoft(builder, "QLinearSigmoid", "q s z s z"),
        ["leaky relu"] = builder => Microsoft(builder, "QLinearLeakyRelu", "q s z s z", ("alpha", 0.2f)),
        ["average pool"] = builder => Microsoft(builder, "QLinearAveragePool", "q s z s z", ("kernel_shape", new long[] { 3, 3 })),
        ["global average"] = builder => Microsoft(builder, "QLinearGlobalAveragePool", "q s z s z", ("channels_last", 0L)),
        ["concatenation"] = builder => Microsoft(builder, "QLinearConcat", "s z q s z q s z", ("axis", 1L)),
        ["moves"] = builder => builder.Node("MaxPool", "q", "p", ("kernel_shape", new long[] { 2, 2 })).Node("Transpose", "p", "t")
            .Node("Concat", "t t", "r", ("axis", 0L)),
    };

    public static TheoryData<string> Cases() => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_ComputesWhatItsPairsDo(string name)
    {
        var graph = Build(All[name]);
        var inputs = new Dictionary<string, Tensor> { ["x"] = RandomTensors.Normal(1, 1, 4, 6, 5) };
        var expected = OrtRunner.Run(graph, inputs)["y"].ToFloats();

        Assert.True(new ExpandQOperators().Apply(graph));

        Assert.DoesNotContain(graph.Nodes, node => node.OpType.StartsWith("QLinear", StringComparison.Ordinal));
        var actual = OrtRunner.Run(graph, inputs)["y"].ToFloats();
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Step * 1.001f));
        Assert.True(expected.Zip(actual).Count(pair => pair.First != pair.Second) <= expected.Length / 50);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_IsLiftedToQuantizers(string name)
    {
        var graph = Build(All[name]);

        var built = FloatForm.Build(graph);

        Assert.DoesNotContain(built.Graph.Nodes, node => node.OpType.Contains("Linear", StringComparison.Ordinal));
    }

    [Fact]
    public void OperatorThatIsNotKnown_IsRefusedByName()
    {
        var graph = Build(builder => Microsoft(builder, "QLinearStrange", "q s z s z"));

        Assert.Contains(
            "QLinearStrange 'strange' computes on 8-bit codes in a way that is not known here",
            Assert.Throws<GraphException>(() => FloatForm.Build(graph)).Message,
            StringComparison.Ordinal);
    }

    private static Graph Build(Func<GraphBuilder, GraphBuilder> node)
    {
        var graph = node(new GraphBuilder(13).Input("x", 1, 4, 6, 5)
                .Constant("s", Tensor.Scalar(Step)).Constant("z", Tensor.Scalar((byte)110))
                .Constant("ms", Tensor.Scalar(0.004f)).Constant("mz", Tensor.Scalar((byte)3))
                .Node("QuantizeLinear", "x s z", "q"))
            .Node("DequantizeLinear", "r s z", "y").Output("y").Graph;
        graph.OpsetImports["com.microsoft"] = 1;
        return graph;
    }

    private static GraphBuilder Weight(GraphBuilder builder) => builder
        .Constant("w", Tensor.From<sbyte>([5, 4, 3, 3], [.. Enumerable.Range(0, 180).Select(value => (sbyte)((value * 37 % 200) - 100))]))
        .Constant("ws", Tensor.FromFloats([5], 0.01f, 0.02f, 0.005f, 0.01f, 0.015f))
        .Constant("wz", Tensor.From<sbyte>([5], [0, 0, 0, 0, 0]));

    private static GraphBuilder Microsoft(
        GraphBuilder builder, string operation, string inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var node = new Node("strange", operation, inputs.Split(' '), ["r"], "com.microsoft");
        foreach (var (name, value) in attributes)
        {
            node.Attributes[name] = value;
        }

        builder.Graph.Nodes.Add(node);
        return builder;
    }
}
