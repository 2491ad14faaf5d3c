using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

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

    [Theory]
    [InlineData("ort-cpu", "ort-cpu")]
    [InlineData("tensorrt", "tensorrt-qdq")]
    public void ForeignModelOfTheSameTarget_ConcatenatedTensors_GetOneScale(string target, string form)
    {
        var net = new GraphSketch(4, 8);
        var left = net.Relu("left_act", net.Conv("left", net.Input, 4, 4, 3));
        var right = net.Relu("right_act", net.Conv("right", net.Input, 4, 4, 3));
        var graph = net.Finish(net.Conv("last", net.Pool("pool", net.Concat("cat", left, right)), 8, 4, 1));
        var calibrated = TargetNetworks.Calibrated(graph, TargetRegistry.Get(target));
        foreach (var (index, member) in calibrated.Quantizers.Where(quantizer => quantizer.Group is not null).Index())
        {
            member.Ranges = [new(member.Ranges[0].Low * (1 + index), member.Ranges[0].High * (1 + index))];
        }

        var foreign = TargetRegistry.Build(calibrated, form).Graph;
        var unified = TargetRegistry.Build(foreign, form).Graph;

        Assert.Contains(TargetRegistry.Get(target).Lint(foreign).Findings, finding => finding.Code == "requantized");
        Assert.DoesNotContain(TargetRegistry.Get(target).Lint(unified).Findings, finding => finding.Code == "requantized");
    }

    [Fact]
    public void Findings_ChoicesForTheCpu_AreNamedInATensorRtFile()
    {
        var graph = TargetNetworks.ConvReluChain(4);
        TargetRegistry.OrtCpu.Place(graph, new PlacementOptions { WeightScheme = QuantizationScheme.SignedReduced });
        graph = MinMaxCalibration.Calibrate(graph, RandomTensors.InputsOf(graph, seed: 3));
        TargetRegistry.OrtCpu.LeaveFloat(graph, ["conv2"]);

        var findings = Retargeting.Findings(graph, TargetRegistry.OrtCpu, TargetRegistry.TensorRt).ToArray();

        Assert.Equal(["weights-of-another-target", "float-layers-of-another-target"], findings.Select(finding => finding.Code));
        Assert.Equal([["conv0", "conv1", "conv3"], ["conv2"]], findings.Select(finding => finding.Nodes));
        Assert.Empty(Retargeting.Findings(graph, TargetRegistry.OrtCpu, TargetRegistry.OrtCpu));
    }
}
