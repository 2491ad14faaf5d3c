using System.Text.Json;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class DemoRunTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    /// <summary>A run without a file is the demo; its INT8 engine keeps what the float network can.</summary>
    [Fact]
    public async Task RunWithoutAFile_QuantizesTheDemoAlmostWithoutLoss()
    {
        var (exitCode, _, error) = await QatProcess.RunAsync("run", "--out", _folder.FullName);
        Assert.True(exitCode == 0, error);

        var report = JsonSerializer.Deserialize<RunReport>(
            await File.ReadAllBytesAsync(_folder.PathOf("report.json"), TestContext.Current.CancellationToken), PipelineJson.Options)!;
        var (floatAp, ptqAp) = (ApOf(Variants.Float), ApOf(Variants.Ptq));
        Assert.True(report.Evaluation.Images >= 500);
        Assert.InRange(floatAp, 0.55, 0.85);
        Assert.InRange(ApOf(Variants.Int8Engine) / floatAp, 0.995, 1.05);
        if (floatAp - ptqAp > 0.005)
        {
            Assert.True(ApOf(Variants.Qat) - ptqAp >= 0.6 * (floatAp - ptqAp));
        }

        double ApOf(string variant) => report.Results.Single(result => result.Variant == variant).Ap;
    }

    public void Dispose() => _folder.Dispose();
}
