using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>
/// The INT8 engine of a network with depthwise convolutions, gates and HardSwish beside its simulation.
/// </summary>
[Trait("Category", "Slow")]
public sealed class LiteEngineTests(CalibratedLite lite, ITestOutputHelper output) : IClassFixture<CalibratedLite>
{
    private const double MostDifferent = 0.005;

    private readonly OrtCpuBackend _engines = new(new OrtCpuOptions { Threads = 1 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Codes_OfEveryTensorFromTheSameCodes_DifferByAtMostOneAndHardlyAnywhere()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var batch = await lite.BatchAsync(Token);

        var tensors = await OrtTensorAgreement.CompareAsync(
            lite.Model, new OrtCpuOptions { Threads = 1 }, batch.Pixels, batch.Count, Token);

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

        var engine = await lite.RunAsync(_engines, codes.Observed, batch, codes.Outputs, Token);
        var arithmetic = await lite.RunAsync(_engines, codes.Arithmetic(), batch, codes.Outputs, Token);
        var simulated = TorchThread.Run(() => CalibratedSample.Simulate(lite.Graph, batch, codes.Values));

        output.WriteLine($"{codes.Compare(simulated, engine).DifferentShare:P2} of the codes differ from a simulation that rounds float sums");
        codes.RequireEqual(arithmetic, engine);
    }
}
