using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;
using QatPipeline.Runs;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

[Collection(RunningSystemTests.Name)]
public sealed class RunTests(RunningSystem system)
{
    /// <summary>A step that each stage reports, and the service that does the stage.</summary>
    internal static readonly Dictionary<string, (string Service, string Step)> Work = new()
    {
        [StageNames.Dataset] = ("dataset-loading", "checking Training images"),
        [StageNames.Calibrate] = ("ptq-calibration", "collecting ranges"),
        [StageNames.Qat] = ("qat-training", "epoch 1 of 1"),
        [StageNames.Optimize] = ("onnx-graph-optimization", $"writing {ArtifactNames.OrtCpuForm}"),
        [StageNames.Build] = ("trt-engine-building", $"building {ArtifactNames.Int8Engine}"),
        [StageNames.Evaluate] = ("coco-evaluation", "bootstrap intervals"),
    };

    // Of its own: a reused stage has no steps to show.
    private static RunSpecification Specification { get; } = TinyRun.Create(seed: 100);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_StartsARun_ThatLeavesItsArtifactsAndOneTrace()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const string RunId = "message-1";
        await using var client = await PipelineClient.ConnectAsync(system.Broker, Token);
        await client.RequestAsync(TinyRun.Trigger(RunId, Specification), Token);
        var completed = await client.WaitForCompletionAsync(RunId, Token);

        Assert.Contains(completed.Artifacts, artifact => artifact.Name == ArtifactNames.Int8Engine);
        foreach (var artifact in completed.Artifacts)
        {
            var blob = await system.Blobs.GetBlobClient($"runs/{RunId}/files/{artifact.Name}").DownloadContentAsync(Token);
            Assert.Equal(artifact.Sha256, Digests.Of(blob.Value.Content));
        }

        CheckTrace(await system.Host.ReadTraceAsync(RunId, Token));
    }

    private static void CheckTrace(IReadOnlyList<Span> trace)
    {
        Assert.Single(trace.Select(span => span.TraceId).Distinct());
        var trigger = Assert.Single(trace, span => span.ParentId is null);
        var run = Assert.Single(trace, span => span.ParentId == trigger.Id);
        Assert.Equal(("run tiny", "gateway"), (run.Name, run.Service));
        Assert.All(trace, span => Assert.True(
            span == trigger || trace.Any(parent => parent.Id == span.ParentId),
            $"'{span.Name}' of {span.Service} has no parent in the trace"));
        foreach (var name in StageTable.Standard.StagesOf(Specification).Where(name => name != StageNames.Report))
        {
            var stage = Assert.Single(trace, span => span.Name == $"stage {name}");
            Assert.Equal((run.Id, Work[name].Service), (stage.ParentId, stage.Service));
            Assert.NotNull(stage.StageKey);
            Assert.Contains(trace, span => span.ParentId == stage.Id && span.Name == Work[name].Step);
        }

        Assert.Contains(trace, span => span.Name == $"stage {StageNames.Report}" && span.ParentId == run.Id);
    }
}
