using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Dialects;

/// <summary>Layers that partial quantization leaves float stay float although the runtime would quantize their weights by itself.</summary>
public sealed class FloatLayerGuardTests
{
    [Fact]
    public void DisabledLayerBetweenIntegerLayers_StaysFloatAndExact()
    {
        var graph = DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(3), QuantizationTarget.OrtCpu);
        QuantizerSelection.Disable(graph, ["conv1"]);
        var model = DialectWriter.Build(graph, Dialect.OrtCpu).Graph;

        var optimized = OrtRunner.Optimized(model);

        Assert.Equal(2, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType == "LeakyRelu");
        Assert.DoesNotContain(
            GraphLinter.Lint(model, QuantizationTarget.OrtCpu).Findings, finding => finding.Code == "weight-quantized-by-runtime");
    }
}
