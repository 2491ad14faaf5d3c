using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Reading;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Dialects;

public sealed class RetargetingTests
{
    [Theory]
    [InlineData(Dialect.TensorRtQdq, QuantizationTarget.TensorRt)]
    [InlineData(Dialect.OrtCpu, QuantizationTarget.OrtCpu)]
    public void WrittenModel_WrittenAgain_ComputesTheSame(Dialect dialect, QuantizationTarget target)
    {
        var calibrated = DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(3), target);
        var written = DialectWriter.Build(calibrated, dialect).Graph;

        var again = DialectWriter.Build(written, dialect).Graph;

        var inputs = RandomTensors.InputsOf(calibrated, seed: 8);
        Assertions.Close(OrtRunner.Run(written, inputs), OrtRunner.Run(again, inputs), 0);
    }

    [Fact]
    public void ForeignStaticModel_KeepsItsOutputsAfterLiftingAndWritingAgain()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var foreign = OnnxReader.Read(TestData.PathOf("onnx_quant_fixtures", "neu_det_cnn", "model_int8.onnx"));
        var inputs = RandomTensors.InputsOf(foreign, seed: 8);

        var optimized = DialectWriter.Build(foreign, Dialect.OrtCpu).Graph;

        Assertions.Close(OrtRunner.Run(foreign, inputs), OrtRunner.Run(optimized, inputs), 0.05f);
    }

    [Fact]
    public void SymmetricModel_RetargetedTensorsThatCanBeNegative_KeepTheirCodes()
    {
        var net = new GraphSketch(4, 8);
        var graph = net.Finish(net.Conv("second", net.Conv("first", net.Input, 4, 4, 3), 4, 4, 3));
        var symmetric = DialectNetworks.Calibrated(graph, QuantizationTarget.TensorRt);

        var unsigned = Retargeting.To(symmetric, QuantizationTarget.OrtCpu).Link().QuantizerAt("second", 0)!.Parameters()[0];

        Assert.Equal(symmetric.Link().QuantizerAt("second", 0)!.Parameters()[0].Scale, unsigned.Scale);
        Assert.Equal(128, unsigned.ZeroPoint);
    }
}
