using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Lineage;
using QatPipeline.Runs.Tracking;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd.Ranks;

/// <summary>A run through all services whose training two processes share.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class RankedRunTests(DistributedSystem system)
{
    private const string RunId = "ranked";
    private const int Variation = 40;
    private const int Epochs = 12;
    private const int StepsPerEpoch = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ByTwoProcesses_GivesTheBytesOfTheCommandAndShowsItsRanks()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        var yaml = RankedRun.Yaml(Variation, Epochs);
        await system.SubmitAsync(RunId, yaml, Token);

        await system.WaitAsync(RunId, status => QatOf(status) is { Done: > 0, Total: Epochs * StepsPerEpoch } stage
            && stage.Figures.ContainsKey("loss"), Token);
        var run = await system.CompleteAsync(RunId, Token);

        await RankedRun.AssertAsCommandAsync(yaml, run.Artifacts, Token);
        var lineage = await new LineageLog(system.Blobs).ReadAsync(RunId, Token);
        Assert.All(lineage, entry => Assert.Equal(
            entry.Job.Name.EndsWith($".{StageNames.Qat}", StringComparison.Ordinal) ? RankedRun.Processes : 1,
            entry.Run.Facets.Stage.Processes));
        await AssertSpansAsync(run.TraceId!);
    }

    private async Task AssertSpansAsync(string traceId)
    {
        using var telemetry = system.Host.OpenTelemetry();
        var spans = await telemetry.WaitForTraceAsync(traceId, "QatPipeline.Contracts.V1:PipelineCompleted send", Token);
        var stage = spans.Single(span => span.Name == $"stage {StageNames.Qat}");
        for (var rank = 0; rank < RankedRun.Processes; rank++)
        {
            var span = spans.Single(span => span.Name == $"rank {rank}");
            Assert.Equal(stage.Id, span.ParentId);
            Assert.Equal($"{rank}", span.Attributes["qat.rank"]);
            Assert.Equal($"{Epochs * StepsPerEpoch}", span.Attributes["qat.rank.steps"]);
            Assert.Equal($"{Epochs * 8 / RankedRun.Processes}", span.Attributes["qat.rank.images"]);
            Assert.True(double.Parse(span.Attributes["qat.rank.communication_seconds"], null) > 0);
            Assert.True(long.Parse(span.Attributes["qat.rank.summed_bytes"], null) > 0);
        }
    }

    private static StageStatus? QatOf(RunStatus status) => status.Stages.FirstOrDefault(stage => stage.Stage == StageNames.Qat);
}
