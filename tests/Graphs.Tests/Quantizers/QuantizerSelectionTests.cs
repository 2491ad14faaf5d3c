using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;

namespace QatPipeline.Graphs.Tests.Quantizers;

public sealed class QuantizerSelectionTests
{
    /// <summary>first(Relu) → middle(SiLU) → last.</summary>
    private static Graph Chain(ITarget target)
    {
        var net = new GraphSketch(4, 8);
        var x = net.Relu("act", net.Conv("first", net.Input, 4, 4, 3));
        var graph = net.Finish(net.Conv("last", net.Silu("silu", net.Conv("middle", x, 4, 4, 3)), 4, 4, 1));
        target.Place(graph);
        return graph;
    }

    private static IEnumerable<string> Disabled(Graph graph) =>
        graph.Quantizers.Where(quantizer => !quantizer.IsEnabled).Select(quantizer => quantizer.Name);

    [Fact]
    public void Layers_AreThoseWithWeights() =>
        Assert.Equal(["first", "middle", "last"], QuantizerSelection.Layers(Chain(TargetRegistry.OrtCpu)));

    [Fact]
    public void TensorRt_DisablesTheLayersOwnQuantizers()
    {
        var graph = Chain(TargetRegistry.TensorRt);

        TargetRegistry.Of(graph).LeaveFloat(graph, ["middle"]);

        Assert.Equal(["middle._input_quantizer", "middle._weight_quantizer"], Disabled(graph).Order());
    }

    [Fact]
    public void OrtCpu_KeepsTheNeighboursIntegerAndDropsWhatServedOnlyTheLayer()
    {
        var graph = Chain(TargetRegistry.OrtCpu);
        var links = graph.Link();

        TargetRegistry.Of(graph).LeaveFloat(graph, ["middle"]);

        Assert.False(links.QuantizerAt("middle", 1)!.IsEnabled);
        Assert.True(links.QuantizerAt("middle", 0)!.IsEnabled, "the first layer is integer only with a quantized output");
        Assert.False(links.QuantizerAt("silu.sigmoid", 0)!.IsEnabled, "the activation follows a float layer");
        Assert.False(links.QuantizerAt("silu.mul", 1)!.IsEnabled);
        Assert.True(links.QuantizerAt("last", 0)!.IsEnabled);
    }

    [Fact]
    public void OrtCpu_EverythingFloat_LeavesNoQuantizer()
    {
        var graph = Chain(TargetRegistry.OrtCpu);

        TargetRegistry.Of(graph).LeaveFloat(graph, QuantizerSelection.Layers(graph));

        Assert.All(graph.Quantizers, quantizer => Assert.False(quantizer.IsEnabled, quantizer.Name));
    }

    [Fact]
    public void LeaveFloat_CalledTwice_Accumulates()
    {
        var graph = Chain(TargetRegistry.OrtCpu);

        TargetRegistry.Of(graph).LeaveFloat(graph, ["first"]);
        TargetRegistry.Of(graph).LeaveFloat(graph, ["middle"]);

        Assert.False(graph.Link().QuantizerAt("middle", 0)!.IsEnabled);
        Assert.False(graph.Link().QuantizerAt("first", 0)!.IsEnabled);
        Assert.True(graph.Link().QuantizerAt("last", 0)!.IsEnabled);
    }

    [Fact]
    public void LeaveFloat_UnknownNode_NamesIt() =>
        Assert.Contains(
            "'nowhere'",
            Assert.Throws<GraphException>(() => TargetRegistry.OrtCpu.LeaveFloat(Chain(TargetRegistry.OrtCpu), ["nowhere"])).Message,
            StringComparison.Ordinal);
}
