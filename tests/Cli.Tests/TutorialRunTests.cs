using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>
/// The tutorial's run with a small network, a few generated pictures and a trtexec that computes: every stage to the table, and the same
/// table by way of a delivery.
/// </summary>
public sealed class TutorialRunTests : IDisposable
{
    private const string Version = "8401";

    private static readonly string[] Engines =
    [
        "tensorrt-fp32.b1", "tensorrt-fp32.b32", "tensorrt-fp16.b1", "tensorrt-fp16.b32", "tensorrt-int8.b1", "tensorrt-int8.b32",
    ];

    private static readonly string Sample = Path.Combine(TestData.RepositoryRoot, "samples", "yolov6s-tutorial.yaml");

    private static readonly string DemoFolder = Path.Combine(TestData.RepositoryRoot, "samples", "demo");
    private static readonly RunSpecification Demo = RunSpecificationLoader.Load(Path.Combine(DemoFolder, "run.yaml"));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sample_IsTheTutorialsRun()
    {
        var run = RunSpecificationLoader.Load(Sample);

        Assert.Equal(("tensorrt", "strict", "implicit"), (run.Target, run.Qat!.Profile, run.Build.Route));
        Assert.Equal((10, 128, 8), (run.Qat.Epochs, run.Qat.Batch, run.Qat.Ranks));
        Assert.Equal([1, 32], run.Build.Batches);
    }

    [Fact]
    public async Task Run_WithAndWithoutTrtexec_FillsTheSameTable()
    {
        Assert.SkipWhen(ComputingTrtexec.IsRealOneInstalled, "trtexec is installed here");
        var built = await RunAsync(ComputingTrtexec.Write(_folder.PathOf("bin"), Version));

        Assert.Equal(["float", "ptq", "qat", .. Engines], built.Results.Select(result => result.Variant));
        Assert.All(built.Results, result => Assert.NotNull(result.Ap));
        Assert.All(EnginesOf(built), result =>
        {
            Assert.Equal(result.Batch == 1, result.FpsBatch1 > 0);
            Assert.Equal(result.Batch == 32, result.FpsBatch32 > 0);
            Assert.NotNull(result.Digest);
        });
        var delivered = await RunAsync(trtexec: null);

        Assert.Equal(Engines, EnginesOf(delivered).Select(result => result.Variant));
        Assert.All(EnginesOf(delivered), result => Assert.Equal((null, null, null), (result.Ap, result.FpsBatch1, result.FpsBatch32)));
        await DeliverAsync();
        var (exitCode, output, error) = await ImportAsync(results => { });
        Assert.True(exitCode == 0, error);
        Assert.Contains("tensorrt-int8.b32", output, StringComparison.Ordinal);
        var imported = RunReportOf("out");
        Assert.Equal(built.Results.Select(result => (result.Variant, result.Ap)), imported.Results.Select(result => (result.Variant, result.Ap)));
        Assert.All(EnginesOf(imported), result => Assert.True((result.FpsBatch1 ?? result.FpsBatch32) > 0));
        Assert.Equal(2, imported.Evaluation.Agreements.Count);

        foreach (var (change, complaint) in Nonsense)
        {
            (exitCode, _, error) = await ImportAsync(change);
            Assert.True(exitCode == 2, $"'{complaint}' was expected, the exit code is {exitCode}: {error}");
            Assert.Contains(complaint, error, StringComparison.Ordinal);
        }

        Assert.Equal(
            imported.Results.Select(result => result.FpsBatch32), RunReportOf("out").Results.Select(result => result.FpsBatch32));
    }

    private static IEnumerable<(Action<JsonObject> Change, string Complaint)> Nonsense =>
    [
        (results => results["tensorRt"] = "7203", "is not a version from 8 to 11"),
        (results => results["engines"]![0]!["batch"] = 2, "figures of another engine"),
        (results => results["engines"]![0]!["engine"] = "tensorrt-int8.b64.engine", "which the run did not deliver"),
        (results => results["engines"]![0]!["modelSha256"] = new string('0', 64), "which is not this run's"),
        (results => results["engines"]![0]!["summary"] = new JsonArray("[I] Throughput: 100 qps"), "no performance summary"),
        (results => results["engines"]![0]!["summary"] = new JsonArray(
            "[I] Throughput: 100 qps", "[I] Latency: min = 5 ms, max = 4 ms, mean = 2 ms, median = 2 ms, percentile(99%) = 3 ms"), "in order"),
        (results => results["engines"]![0]!["detections"] = "../report.json", "do not lie beside it"),
        (results => results["engines"] = new JsonArray(), "names no engine"),
        (results => results["speed"] = 1000, "not what a delivery's script writes"),
    ];

    private static IEnumerable<VariantResult> EnginesOf(RunReport report) => report.Results.Where(result => result.IsEngine);

    private RunReport RunReportOf(string folder) => JsonSerializer.Deserialize<RunReport>(
        File.ReadAllBytes(_folder.PathOf(folder, "report.json")), PipelineJson.Options)!;

    private async Task<RunReport> RunAsync(string? trtexec)
    {
        var tutorial = RunSpecificationLoader.Load(Sample);
        var small = tutorial with
        {
            Model = tutorial.Model with
            {
                InputSize = 160,
                Yolov6 = tutorial.Model.Yolov6! with
                {
                    Variant = "n",
                    Depth = 0.1,
                    Checkpoint = Path.Combine(DemoFolder, "weights.safetensors"),
                    Scales = Path.Combine(DemoFolder, "scales.safetensors"),
                },
            },
            Data = tutorial.Data with { Calibration = [Pictures(8, 1)], Training = [Pictures(8, 1)], Validation = [Validation] },
            Calibration = tutorial.Calibration with { Images = 4, Batch = 2 },
            Qat = tutorial.Qat! with { Epochs = 1, Batch = 4, Ranks = 2 },
            Build = tutorial.Build with { Trtexec = trtexec, WarmUpMilliseconds = 0, DurationMilliseconds = 1, ApBatches = [] },

            // None is a default of the command that the delivery's script calls.
            Evaluation = tutorial.Evaluation with
            {
                LoadSize = 144,
                Confidence = 0.2,
                Iou = 0.5,
                MaxDetections = 3,
                BootstrapReplicates = 10,
            },
        };
        var file = _folder.PathOf("run.json");
        await File.WriteAllTextAsync(
            file, JsonSerializer.Serialize(small, PipelineJson.Options), TestContext.Current.CancellationToken);
        var (exitCode, _, error) = await QatProcess.RunAsync("run", file, "--out", _folder.PathOf("out"));
        Assert.True(exitCode == 0, error);
        return RunReportOf("out");
    }

    private static DatasetSpecification Validation { get; } = Pictures(5, 2);

    private static DatasetSpecification Pictures(int images, int seed) =>
        new() { Synthetic = Demo.Data.Validation[0].Synthetic! with { Images = images, Seed = seed } };

    /// <summary>Runs the delivery's script as on a machine with TensorRT, this project's command and the validation pictures.</summary>
    private async Task DeliverAsync()
    {
        var pictures = DatasetLocator.Open(
            new RunSpecification { Name = "pictures", Model = Demo.Model, Data = new DataSpecification { Validation = [Validation] } },
            DatasetSplit.Validation)[0].ImageFolder;
        var start = new ProcessStartInfo(_folder.PathOf("out", "tensorrt-delivery", "build.sh"), pictures)
        {
            Environment = { ["TRTEXEC"] = _folder.PathOf("bin", "trtexec"), ["QAT"] = QatProcess.Built },
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
    }

    private async Task<(int ExitCode, string Output, string Error)> ImportAsync(Action<JsonObject> change)
    {
        var path = _folder.PathOf("out", "tensorrt-delivery", "results.json");
        var results = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        change(results);
        var changed = _folder.PathOf("out", "tensorrt-delivery", "changed.json");
        await File.WriteAllTextAsync(changed, results.ToJsonString(), TestContext.Current.CancellationToken);
        return await QatProcess.RunAsync("import-results", _folder.PathOf("out"), changed);
    }
}
