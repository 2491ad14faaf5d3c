using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>
/// The INT8 engines of a network with depthwise convolutions, gates and HardSwish beside its simulation, and beside each other.
/// </summary>
[Trait("Category", "Slow")]
public sealed class LiteEngineTests(CalibratedLite lite, ITestOutputHelper output) : IClassFixture<CalibratedLite>
{
    private const double MostDifferent = 0.005;
    private const double SameObject = 0.7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ort-cpu")]
    [InlineData("torch-int8")]
    public async Task Codes_OfEveryTensorFromTheSameCodes_DifferByAtMostOneAndHardlyAnywhere(string target)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var batch = await lite.BatchAsync(Token);

        var tensors = await OrtTensorAgreement.CompareAsync(
            lite.Model, CalibratedSample.BackendOf(target), new OrtCpuOptions { Threads = 1 }, batch.Pixels, batch.Count, Token);

        Assert.Equal(lite.Model.Nodes.Count(node => node.Is("QuantizeLinear")), tensors.Count);
        Assert.All(tensors, tensor => Assert.InRange(tensor.DifferentShare, 0, MostDifferent));
        Assert.All(tensors, tensor => Assert.InRange(tensor.LargestDifference, 0, 1));
    }

    /// <summary>
    /// Where each network computes its own codes from the picture on, a single code that is rounded the other way becomes thousands. So only
    /// what computes to the bit what the engine's kernels do has the engine's codes, and it has all of them.
    /// </summary>
    [Fact]
    public async Task Codes_RunningFreely_AreThoseOfTheKernelsArithmetic()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var batch = await lite.BatchAsync(Token);
        var codes = new FreeRunningCodes(lite.Model);

        var engines = CalibratedSample.BackendOf("ort-cpu");
        var engine = await lite.RunAsync(engines, codes.Observed, batch, codes.Outputs, Token);
        var arithmetic = await lite.RunAsync(engines, codes.Arithmetic(), batch, codes.Outputs, Token);
        var simulated = TorchThread.Run(() => CalibratedSample.Simulate(lite.Graph, batch, codes.Values));

        output.WriteLine($"{codes.Compare(simulated, engine).DifferentShare:P2} of the codes differ from a simulation that rounds float sums");
        codes.RequireEqual(arithmetic, engine);
    }

    /// <summary>
    /// For the same reason detections at the edge of the threshold differ between any two ways to compute the network. Its training and
    /// calibration do not matter here: the engines agree with each other as far as either does with the simulation.
    /// </summary>
    [Fact]
    public async Task Detections_OfBothEngines_AgreeAsThoseOfTheSimulationDo()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var first = await lite.DetectAsync("ort-cpu", Token);
        var second = await lite.DetectAsync("torch-int8", Token);
        var simulated = await lite.SimulateDetectionsAsync(Token);

        double Matched(IReadOnlyList<Detection> one, IReadOnlyList<Detection> other) =>
            DetectionAgreement.Compare(one, other, SameObject).MatchedFraction;
        var agreement = DetectionAgreement.Compare(first, second, SameObject);
        output.WriteLine($"{agreement.MatchedFraction:P1} of both, {Matched(simulated, first):P1} and {Matched(simulated, second):P1} simulated");
        Assert.NotEqual(0, agreement.FirstCount);
        Assert.InRange(agreement.MatchedFraction, 0.75, 1);
        Assert.InRange(agreement.MatchedFraction, Math.Min(Matched(simulated, first), Matched(simulated, second)) - 0.03, 1);
        Assert.InRange(agreement.MeanScoreDifference, 0, 0.02);
    }
}
