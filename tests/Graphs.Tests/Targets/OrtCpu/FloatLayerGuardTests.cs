using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

/// <summary>Layers that partial quantization leaves float stay float although the runtime would quantize their weights by itself.</summary>
public sealed class FloatLayerGuardTests
{
    [Fact]
    public void DisabledLayerBetweenIntegerLayers_StaysFloatAndExact()
    {
        var graph = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.OrtCpu);
        TargetRegistry.Of(graph).LeaveFloat(graph, ["conv1"]);
        var model = TargetRegistry.Build(graph, "ort-cpu").Graph;

        var optimized = OrtRunner.Optimized(model);

        Assert.Equal(2, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType == "LeakyRelu");
        Assert.DoesNotContain(
            TargetRegistry.OrtCpu.Lint(model).Findings, finding => finding.Code == "weight-quantized-by-runtime");
    }
}
