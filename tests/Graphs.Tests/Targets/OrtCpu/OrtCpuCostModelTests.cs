using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets.OrtCpu;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

public sealed class OrtCpuCostModelTests
{
    private const int Size = 8;

    [Fact]
    public void MacsOf_CountsGroupsAndKernel()
    {
        var graph = LayerWork.WithShapes(Network(channels: 4));

        // 8×8 outputs of 4 channels, each from 3·3·3 products; depthwise from 3·3.
        Assert.Equal(Size * Size * 4 * 27, LayerWork.MacsOf(graph, graph.Nodes[0]));
        Assert.Equal(Size * Size * 4 * 9, LayerWork.MacsOf(graph, graph.Nodes[1]));
        Assert.False(LayerWork.IsDepthwise(graph, graph.Nodes[0]));
        Assert.True(LayerWork.IsDepthwise(graph, graph.Nodes[1]));
    }

    [Fact]
    public void MacsOf_OpenBatch_CountsAsAsked()
    {
        var graph = Network(channels: 4);
        graph.Inputs[0] = graph.Inputs[0] with { Shape = [Dimension.Named("batch"), 3, Size, Size] };

        var two = LayerWork.WithShapes(graph, batch: 2);

        Assert.Equal(2 * Size * Size * 4 * 27, LayerWork.MacsOf(two, two.Nodes[0]));
    }

    [Fact]
    public void Estimate_Float_HasOneKernelForEachConvolution()
    {
        var estimate = OrtCpuCostModel.Estimate(Network(channels: 4), MachineProfiles.Avx2);

        Assert.Equal([CostClass.FloatConvolution, CostClass.FloatDepthwise], estimate.Nodes.Select(node => node.Class));
        Assert.Equal(estimate.Nodes.Sum(node => node.Milliseconds), estimate.Milliseconds);
    }

    [Fact]
    public void Estimate_Quantized_FollowsThePredictedKernels()
    {
        var graph = Calibrated();

        var quantized = OrtCpuCostModel.Estimate(TargetRegistry.Build(graph, "ort-cpu").Graph, MachineProfiles.Avx2);
        TargetRegistry.Of(graph).LeaveFloat(graph, ["mid.Conv"]);
        var partial = OrtCpuCostModel.Estimate(TargetRegistry.Build(graph, "ort-cpu").Graph, MachineProfiles.Avx2);

        Assert.Contains(quantized.Nodes, node => node.Class == CostClass.Quantize);
        Assert.DoesNotContain(quantized.Nodes, node => node is { Node: "mid.Conv", Class: CostClass.FloatConvolution });
        Assert.Contains(partial.Nodes, node => node is { Node: "mid.Conv", Class: CostClass.FloatConvolution });
    }

    private static Graph Calibrated()
    {
        var graph = Network(channels: 4);
        TargetRegistry.OrtCpu.Place(graph, new PlacementOptions { SkipNodes = [] });
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(-1, 1)];
        }

        WeightRanges.Refresh(graph);
        return graph;
    }

    private static Graph Network(int channels) => new GraphBuilder()
        .Input("x", 1, 3, Size, Size)
        .Constant("w0", Weight(channels, 3))
        .Constant("w1", Weight(channels, 1))
        .Node("Conv", "x w0", "mid", ("pads", new IntsAttribute([1, 1, 1, 1])))
        .Node("Conv", "mid w1", "y", ("pads", new IntsAttribute([1, 1, 1, 1])), ("group", new IntAttribute(channels)))
        .Output("y").Graph;

    private static Tensor Weight(long outputs, long inputs) =>
        Tensor.FromFloats(
            [outputs, inputs, 3, 3], [.. Enumerable.Range(0, (int)(outputs * inputs * 9)).Select(index => ((index % 7) - 3) / 8f)]);
}
