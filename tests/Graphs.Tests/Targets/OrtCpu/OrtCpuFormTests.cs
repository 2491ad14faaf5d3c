using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

/// <summary>ONNX Runtime really runs integers.</summary>
public sealed class OrtCpuFormTests
{
    [Fact]
    public void ConvReluChain_EveryConvolutionIsInteger()
    {
        var model = TargetRegistry.Build(
            TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(4), TargetRegistry.OrtCpu), "ort-cpu");

        var optimized = OrtRunner.Optimized(model.Graph);

        Assert.Equal(4, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType is "Conv" or "FusedConv" or "Relu");
    }

    [Fact]
    public void SymmetricPairsAroundRelu_StopEveryFusionUntilRetargeted()
    {
        var symmetric = TargetNetworks.WithPairsAroundRelu(4);

        Assert.Equal(
            4, OrtRunner.Optimized(TargetRegistry.Build(symmetric, "ort-cpu").Graph).Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.Contains(OrtRunner.Optimized(symmetric).Nodes, node => node.OpType == "Relu");
    }

    [Fact]
    public void LastLayerWithoutAKnownOutputRange_StaysFloat()
    {
        var symmetric = TargetRegistry.Build(
            TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(4), TargetRegistry.TensorRt), "tensorrt-qdq");

        var optimized = OrtRunner.Optimized(TargetRegistry.Build(symmetric.Graph, "ort-cpu").Graph);

        Assert.Equal(3, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }

    [Fact]
    public void Yolov6_EveryConvolutionIsInteger()
    {
        var model = TargetRegistry.Build(TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu), "ort-cpu");

        var optimized = OrtRunner.Optimized(model.Graph);

        Assert.Equal(56, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }
}
