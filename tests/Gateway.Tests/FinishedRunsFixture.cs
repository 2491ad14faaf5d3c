using QatPipeline.BrowserSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>A gateway whose storage holds two finished runs of a real detector, the second with one other key, and a browser.</summary>
public sealed class FinishedRunsFixture : GatewayFixture
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(20);

    internal override string? SkipReason =>
        base.SkipReason ?? (Browser.IsAvailable ? null : Browser.SkipReason) ?? (TestData.IsAvailable ? null : TestData.SkipReason);

    protected override async Task PrepareAsync()
    {
        // The command line keeps its store in the output folder.
        var output = Path.GetDirectoryName(Store)!;
        foreach (var replicates in new[] { 20, 40 })
        {
            var file = Path.Combine(output, "run.yaml");
            await File.WriteAllTextAsync(file, Specification(replicates));
            using var qat = ChildProcess.Start(
                BuiltProgram.PathOf("Cli", "qat"), ["run", file, "--out", output], new Dictionary<string, string>());
            using var ended = new CancellationTokenSource(RunLimit);
            var log = await qat.WaitForOutputAsync(ended.Token);
            Assert.True(File.Exists(Path.Combine(output, "report.html")), log);
        }
    }

    private static string Specification(int replicates) => $$"""
        name: pictures
        model: { onnx: {{TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx")}} }
        data:
          calibration: [ { {{Set("coco128", "instances_train2017_coco128.json", "train2017")}}, limit: 2 } ]
          validation: [ { {{Set("coco_val2017_103", "instances_val2017_103.json", "val2017")}}, limit: 4 } ]
        calibration: { images: 2, batch: 2, methods: [entropy], biasCorrection: false }
        partial: { enabled: false, analysisImages: 1 }
        qat: null
        build: { batches: [1], threads: 1, warmUpMilliseconds: 10, durationMilliseconds: 300 }
        evaluation: { batch: 4, bootstrapReplicates: {{replicates}} }
        """;

    private static string Set(string name, string annotations, string images) =>
        $"annotations: {TestData.PathOf(name, "annotations", annotations)}, images: {TestData.PathOf(name, "images", images)}";
}
