namespace QatPipeline.Graphs.Tests;

/// <summary>ONNX Runtime really runs integers.</summary>
public sealed class OrtCpuDialectTests
{
    [Fact]
    public void ConvReluChain_EveryConvolutionIsInteger()
    {
        var model = DialectWriter.Build(DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(4), QuantizationTarget.OrtCpu), Dialect.OrtCpu);

        var optimized = OrtRunner.Optimized(model.Graph);

        Assert.Equal(4, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType is "Conv" or "FusedConv" or "Relu");
    }

    [Fact]
    public void TensorRtModelWithPairsBeforeAndAfterRelu_IsRetargetedToIntegerConvolutions()
    {
        var symmetric = DialectWriter.Build(
            DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(4), QuantizationTarget.TensorRt), Dialect.TensorRtQdq).Graph;
        Assert.Contains(OrtRunner.Optimized(symmetric).Nodes, node => node.OpType is "Conv" or "FusedConv");

        var optimized = OrtRunner.Optimized(DialectWriter.Build(symmetric, Dialect.OrtCpu).Graph);

        // The last layer's output has no range in a TensorRT model, so nothing can make that layer integer.
        Assert.Equal(3, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }

    [Fact]
    public void Yolov6_EveryConvolutionIsInteger()
    {
        var model = DialectWriter.Build(DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.OrtCpu), Dialect.OrtCpu);

        var optimized = OrtRunner.Optimized(model.Graph);
        File.WriteAllLines("/tmp/gq_yolo.txt", optimized.Nodes.Select(n => $"{n.OpType,-20} {n.Name,-60} {string.Join(",", n.Inputs.Take(1))} -> {string.Join(",", n.Outputs)}"));

        Assert.Equal(56, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
    }
}
