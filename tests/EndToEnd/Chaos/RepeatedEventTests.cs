using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Lineage;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd.Chaos;

/// <summary>Events that come twice, late, or in the wrong order.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class RepeatedEventTests(DistributedSystem system)
{
    private const int Variation = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_Repeated_DoNothingTwice_AndInAnyOrderGiveTheSameRun()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        var expected = await SmallRun.ExpectedAsync(Variation, system.ExpectedFolder, Token);
        await using var tape = await EventTape.StartAsync(system.Host.Broker, echoes: true, Token);
        await system.SubmitAsync("echoed", SmallRun.Yaml(Variation), Token);
        var echoed = await system.CompleteAsync("echoed", Token);
        await SettleAsync(tape, "after-echo");
        Assert.Equal(expected.Artifacts, echoed.Artifacts);
        AssertExecutedOnce("echoed");

        var before = await SnapshotAsync("echoed");
        var events = tape.Events.Select(entry => entry.Event).OfType<IPipelineEvent>().Where(entry => entry.RunId == "echoed").ToArray();
        var shuffled = events.Concat(events).ToArray();
        new Random(Variation).Shuffle(shuffled);
        await PublishAsync(tape, shuffled);
        await SettleAsync(tape, "after-replay");
        Assert.Equal(before, await SnapshotAsync("echoed"));
        AssertExecutedOnce("echoed");
        Assert.Single(tape.CompletionsOf("echoed"));

        await PublishAsync(tape, [.. events.Reverse().Concat(events).Select(entry => Renamed(entry, "reversed"))]);
        var reversed = await system.CompleteAsync("reversed", Token);
        await SettleAsync(tape, "after-reverse");
        Assert.Equal(expected.Artifacts, reversed.Artifacts);
        Assert.Single(tape.CompletionsOf("reversed"));
        var lineage = await new LineageLog(system.Blobs).ReadAsync("reversed", Token);
        Assert.Equal(expected.Stages.Count, lineage.Select(entry => entry.Job.Name).Distinct().Count());
        Assert.Equal(lineage.Count, lineage.Select(entry => (entry.Job.Name, entry.EventType)).Distinct().Count());
    }

    private static async Task PublishAsync(EventTape tape, IEnumerable<IPipelineEvent> events)
    {
        foreach (var entry in events)
        {
            await tape.PublishAsync(entry, Token);
        }
    }

    private static IPipelineEvent Renamed(IPipelineEvent entry, string runId) => entry switch
    {
        PipelineRequested requested => requested with { RunId = runId },
        DatasetPrepared prepared => prepared with { RunId = runId },
        ModelCalibrated calibrated => calibrated with { RunId = runId },
        ModelTrained trained => trained with { RunId = runId },
        GraphOptimized optimized => optimized with { RunId = runId },
        EngineBuilt built => built with { RunId = runId },
        ModelEvaluated evaluated => evaluated with { RunId = runId },
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, "unknown event"),
    };

    // Queues keep their order: a run that goes through all of them comes after what was there before.
    private async Task SettleAsync(EventTape tape, string runId)
    {
        await system.SubmitAsync(runId, SmallRun.Yaml(Variation), Token);
        await tape.FindAsync<PipelineCompleted>(completed => completed.RunId == runId, Token);
        await system.CompleteAsync(runId, Token);
    }

    private void AssertExecutedOnce(string runId)
    {
        var executions = system.Host.Services
            .SelectMany(service => StageLog.Executions(system.Host.LogOf(service)))
            .Where(entry => entry.RunId == runId);
        Assert.All(executions.GroupBy(entry => entry.Stage), group => Assert.Single(group));
    }

    // Entity tags change with every write, even of the same content.
    private async Task<List<(string Name, string Tag)>> SnapshotAsync(string runId)
    {
        var blobs = new List<(string, string)>();
        foreach (var prefix in new[] { StorePaths.Runs + runId + "/", "stages/", "artifacts/" })
        {
            await foreach (var blob in system.Container.GetBlobsAsync(new() { Prefix = prefix }, Token))
            {
                blobs.Add((blob.Name, blob.Properties.ETag.ToString() ?? ""));
            }
        }

        return blobs;
    }
}
