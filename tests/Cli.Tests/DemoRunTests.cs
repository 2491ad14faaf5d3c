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

        double ApOf(string variant) => report.Results.Single(result => result.Variant == variant).Ap!.Value;
    }

    /// <summary>One byte of every kind of file in the store flips; the same run makes good what it lost, to the bit.</summary>
    [Fact]
    public async Task DamagedStore_IsNamedByVerify_AndRepairedByTheSameRun()
    {
        const string RunId = "demo";
        var random = new Random(13);
        string[] run = ["run", "--out", _folder.FullName, "--run-id", RunId];
        var (exitCode, _, error) = await QatProcess.RunAsync(run);
        Assert.True(exitCode == 0, error);
        var files = Directory.GetFiles(_folder.FullName)
            .Where(file => !Path.GetFileName(file).StartsWith("report.", StringComparison.Ordinal))
            .ToDictionary(file => file, File.ReadAllBytes);
        var key = JsonDocument.Parse(await File.ReadAllBytesAsync(
            _folder.PathOf("store", "runs", RunId, "stages", "evaluate.json"), TestContext.Current.CancellationToken))
            .RootElement.GetProperty("key").GetString()!;
        string[] damaged =
        [
            $"stages/{key}.json", $"runs/{RunId}/files/engine-int8.onnx", $"runs/{RunId}/files/validation-annotations.json",
            $"runs/{RunId}/files/report.html", $"runs/{RunId}/stages/calibrate.json", $"runs/{RunId}/specification.json",
            $"runs/{RunId}/status.json", $"runs/{RunId}/completed.json", $"runs/{RunId}/lineage.ndjson",
        ];
        foreach (var name in damaged)
        {
            var path = File.ResolveLinkTarget(_folder.PathOf("store", name), returnFinalTarget: true)?.FullName!;
            var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        }

        var (found, output, _) = await QatProcess.RunAsync("verify", "--store", _folder.PathOf("store"));
        Assert.Equal(1, found);
        Assert.All(damaged, name => Assert.Contains($"damaged  {name}", output, StringComparison.Ordinal));

        (exitCode, _, error) = await QatProcess.RunAsync(run);
        Assert.True(exitCode == 0, error);
        (found, output, _) = await QatProcess.RunAsync("verify", "--store", _folder.PathOf("store"));
        Assert.True(found == 0, output);
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    public void Dispose() => _folder.Dispose();
}
