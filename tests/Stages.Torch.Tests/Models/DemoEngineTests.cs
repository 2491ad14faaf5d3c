using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The demo's INT8 engines beside the network that calibration and training simulate, and beside each other.</summary>
public sealed class DemoEngineTests(CalibratedDemo demo) : IClassFixture<CalibratedDemo>
{
    private const double MostDifferent = 0.005;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A code that is rounded the other way (a tie, scaled or added in another order) makes others in the layers that follow, and behind a
    // sigmoid, whose codes are finer, several at once.
    [Theory]
    [InlineData("ort-cpu")]
    [InlineData("torch-int8")]
    [Trait("Category", "Slow")]
    public async Task Codes_RunningFreely_HardlyLeaveThoseSimulated(string target)
    {
        using var batch = await demo.BatchAsync(Token);
        var codes = new FreeRunningCodes(demo.Model);

        var expected = TorchThread.Run(() => CalibratedSample.Simulate(demo.Graph, batch, codes.Values));
        var actual = await demo.RunAsync(CalibratedSample.BackendOf(target), codes.Observed, batch, codes.Outputs, Token);

        var agreement = codes.Compare(expected, actual);
        Assert.NotEqual(0, agreement.Count);
        Assert.InRange(agreement.DifferentShare, 0, 0.1);
        Assert.InRange(agreement.LargestDifference, 0, 12);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Codes_RunningFreely_AreThoseOfTheKernelsArithmetic()
    {
        using var batch = await demo.BatchAsync(Token);
        var codes = new FreeRunningCodes(demo.Model);
        var engines = CalibratedSample.BackendOf("ort-cpu");

        codes.RequireEqual(
            await demo.RunAsync(engines, codes.Arithmetic(), batch, codes.Outputs, Token),
            await demo.RunAsync(engines, codes.Observed, batch, codes.Outputs, Token));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Codes_OfEveryTensorFromTheSameCodes_DifferByAtMostOneAndHardlyAnywhere()
    {
        using var batch = await demo.BatchAsync(Token);

        var tensors = await OrtTensorAgreement.CompareAsync(
            demo.Model, CalibratedSample.BackendOf("torch-int8"), new OrtCpuOptions { Threads = 1 }, batch.Pixels, batch.Count, Token);

        Assert.Equal(demo.Model.Nodes.Count(node => node.Is("QuantizeLinear")), tensors.Count);
        Assert.All(tensors, tensor => Assert.InRange(tensor.DifferentShare, 0, MostDifferent));
        Assert.All(tensors, tensor => Assert.InRange(tensor.LargestDifference, 0, 1));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Detections_OfBothEngines_Agree()
    {
        var first = await demo.DetectAsync("ort-cpu", Token);
        var second = await demo.DetectAsync("torch-int8", Token);

        var agreement = DetectionAgreement.Compare(first, second);
        Assert.NotEqual(0, agreement.FirstCount);
        Assert.InRange(agreement.MatchedFraction, 0.97, 1);
        Assert.InRange(agreement.MeanScoreDifference, 0, 0.002);
    }
}
