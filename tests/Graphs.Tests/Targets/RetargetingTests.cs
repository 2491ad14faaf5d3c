using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets;

public sealed class RetargetingTests
{
    [Theory]
    [InlineData("tensorrt-qdq", "tensorrt")]
    [InlineData("ort-cpu", "ort-cpu")]
    public void WrittenModel_WrittenAgain_ComputesTheSame(string form, string target)
    {
        var calibrated = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.Get(target));
        var written = TargetRegistry.Build(calibrated, form).Graph;

        var again = TargetRegistry.Build(written, form).Graph;

        var inputs = RandomTensors.InputsOf(calibrated, seed: 8);
        Assertions.Close(OrtRunner.Run(written, inputs), OrtRunner.Run(again, inputs), 0);
    }

    [Fact]
    public void ForeignStaticModel_KeepsItsOutputsAfterLiftingAndWritingAgain()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var foreign = OnnxReader.Read(TestData.PathOf("onnx_quant_fixtures", "neu_det_cnn", "model_int8.onnx"));
        var inputs = RandomTensors.InputsOf(foreign, seed: 8);

        var optimized = TargetRegistry.Build(foreign, "ort-cpu").Graph;

        Assertions.Close(OrtRunner.Run(foreign, inputs), OrtRunner.Run(optimized, inputs), 0.05f);
    }

    [Fact]
    public void SymmetricModel_RetargetedTensorsThatCanBeNegative_KeepTheirCodes()
    {
        var net = new GraphSketch(4, 8);
        var graph = net.Finish(net.Conv("second", net.Conv("first", net.Input, 4, 4, 3), 4, 4, 3));
        var symmetric = TargetNetworks.Calibrated(graph, TargetRegistry.TensorRt);

        var unsigned = Retargeting.To(symmetric, TargetRegistry.OrtCpu).Link().QuantizerAt("second", 0)!.Parameters()[0];

        Assert.Equal(symmetric.Link().QuantizerAt("second", 0)!.Parameters()[0].Scale, unsigned.Scale);
        Assert.Equal(128, unsigned.ZeroPoint);
    }
}
