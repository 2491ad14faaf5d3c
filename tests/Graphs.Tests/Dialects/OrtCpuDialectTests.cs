using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Dialects;

/// <summary>ONNX Runtime really runs integers.</summary>
public sealed class OrtCpuDialectTests
{
    [Fact]
    public void ConvReluChain_EveryConvolutionIsInteger()
    {
        var model = DialectWriter.Build(
            DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(4), QuantizationTarget.OrtCpu), Dialect.OrtCpu);

        var optimized = OrtRunner.Optimized(model.Graph);

        Assert.Equal(4, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType is "Conv" or "FusedConv" or "Relu");
    }

    [Fact]
    public void SymmetricPairsAroundRelu_StopEveryFusionUntilRetargeted()
    {
        var symmetric = DialectNetworks.WithPairsAroundRelu(4);

        Assert.Equal(
            4, OrtRunner.Optimized(DialectWriter.Build(symmetric, Dialect.OrtCpu).Graph).Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.Contains(OrtRunner.Optimized(symmetric).Nodes, node => node.OpType == "Relu");
    }

    [Fact]
    public void LastLayerWithoutAKnownOutputRange_StaysFloat()
    {
        var symmetric = DialectWriter.Build(
            DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(4), QuantizationTarget.TensorRt), Dialect.TensorRtQdq);

        var optimized = OrtRunner.Optimized(DialectWriter.Build(symmetric.Graph, Dialect.OrtCpu).Graph);

        Assert.Equal(3, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }

    [Fact]
    public void Yolov6_EveryConvolutionIsInteger()
    {
        var model = DialectWriter.Build(DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.OrtCpu), Dialect.OrtCpu);

        var optimized = OrtRunner.Optimized(model.Graph);

        Assert.Equal(56, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }
}
