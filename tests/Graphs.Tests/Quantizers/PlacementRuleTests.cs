using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Quantizers;

public sealed class PlacementRuleTests
{
    private static Graph Residual()
    {
        var net = new GraphSketch(4, 8);
        var x = net.Relu("act0", net.Conv("conv0", net.Input, 4, 4, 3));
        var y = net.Conv("conv2", net.Relu("act1", net.Conv("conv1", x, 4, 4, 3)), 4, 4, 3);
        var sum = net.Relu("act2", net.Add("residual", "Add", [y, x]));
        return net.Finish(net.Conv("last", sum, 4, 4, 1));
    }

    [Fact]
    public void TensorRt_ResidualAddition_QuantizesTheShortcutWithItsTensorsScale()
    {
        var graph = Residual();

        TargetRegistry.TensorRt.Place(graph);

        var links = graph.Link();
        Assert.Null(links.QuantizerAt("residual", 0));
        var shortcut = links.QuantizerAt("residual", 1);
        Assert.NotNull(shortcut?.Group);
        Assert.Equal(shortcut.Group, links.QuantizerAt("conv1", 0)!.Group);
    }

    [Fact]
    public void OrtCpu_GraphOutputOfALayer_CanBeQuantized()
    {
        var graph = Residual();
        var output = graph.Outputs[0].Name;

        TargetRegistry.OrtCpu.Place(graph);

        var identity = graph.Link().ProducerOf(output)!;
        Assert.Equal("Identity", identity.OpType);
        Assert.NotNull(graph.Link().QuantizerAt(identity.Name, 0));
    }

    [Theory]
    [InlineData("conv1")]
    [InlineData("con?1")]
    [InlineData("*")]
    public void SkippedLayers_HaveNoQuantizers(string name)
    {
        var graph = Residual();

        TargetRegistry.TensorRt.Place(graph, new PlacementOptions { SkipNodes = [name] });

        Assert.Null(graph.Link().QuantizerAt("conv1", 0));
        Assert.Null(graph.Link().QuantizerAt("conv1", 1));
        Assert.Equal(name is "conv1" or "con?1", graph.Link().QuantizerAt("conv2", 1) is not null);
    }

    [Fact]
    public void Place_OnAQuantizedGraph_SaysWhatToDo()
    {
        var net = new GraphSketch(4, 8);
        net.Add("q", "QuantizeLinear", [net.Input, "scale"]);

        var error = Assert.Throws<GraphException>(() => TargetRegistry.TensorRt.Place(net.Graph));

        Assert.Contains("lift", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnifyRanges_TakesTheUnionOfEveryGroup()
    {
        var graph = Residual();
        TargetRegistry.TensorRt.Place(graph);
        var links = graph.Link();
        links.QuantizerAt("residual", 1)!.Ranges = [new QuantizationRange(-1, 3)];
        links.QuantizerAt("conv1", 0)!.Ranges = [new QuantizationRange(-2, 1)];
        links.QuantizerAt("conv2", 0)!.Ranges = [new QuantizationRange(-9, 9)];

        ScaleUnification.UnifyRanges(graph);

        Assert.Equal([new QuantizationRange(-2, 3)], links.QuantizerAt("residual", 1)!.Ranges);
        Assert.Equal([new QuantizationRange(-2, 3)], links.QuantizerAt("conv1", 0)!.Ranges);
        Assert.Equal([new QuantizationRange(-9, 9)], links.QuantizerAt("conv2", 0)!.Ranges);
    }

    [Theory]
    [InlineData("Gemm", 1, 0)]
    [InlineData("Gemm", 0, 1)]
    [InlineData("MatMul", 0, 1)]
    public void WeightAxis_IsTheOutputChannel(string opType, long transposed, int axis)
    {
        var net = new GraphSketch(4, 8);
        net.Finish(net.Add("dense", opType, [net.Input, net.Weight("dense.weight", 8, 8)], ("transB", transposed)));

        TargetRegistry.TensorRt.Place(net.Graph);

        Assert.Equal(axis, net.Graph.Link().QuantizerAt("dense", 1)!.Axis);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void TransposedConvolutionAxis_IsTheOptions(int chosen, int axis)
    {
        var net = new GraphSketch(4, 8);
        net.Finish(net.Upsample("up", net.Input, 4));

        TargetRegistry.TensorRt.Place(net.Graph, new PlacementOptions { TransposedConvolutionAxis = chosen });

        Assert.Equal(axis, net.Graph.Link().QuantizerAt("up", 1)!.Axis);
    }

    [Fact]
    public void WeightRanges_AreTheLargestMagnitudesOfTheAxis()
    {
        var net = new GraphSketch(2, 8);
        net.Finish(net.Add("up", "ConvTranspose", [net.Input, "w"]));
        net.Graph.Initializers["w"] = Tensor.FromFloats([2, 3, 1, 2], 1, -2, 3, 4, 0, 0, -7, 2, 3, 4, 0, 0);

        TargetRegistry.TensorRt.Place(net.Graph, new PlacementOptions { TransposedConvolutionAxis = 1 });
        WeightRanges.Refresh(net.Graph);
        Assert.Equal([7, 4, 0], net.Graph.Link().QuantizerAt("up", 1)!.Ranges.Select(range => range.Amax));

        TargetRegistry.TensorRt.Place(net.Graph, new PlacementOptions { TransposedConvolutionAxis = 0 });
        WeightRanges.Refresh(net.Graph);
        Assert.Equal([4, 7], net.Graph.Link().QuantizerAt("up", 1)!.Ranges.Select(range => range.Amax));
    }
}
