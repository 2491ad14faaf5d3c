using QatPipeline.Contracts.Artifacts;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Lineage;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd.Chaos;

/// <summary>Runs whose services are killed against the same runs undisturbed.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class KillTests(DistributedSystem system)
{
    private const string RunNames = "killed-";
    private const int Seed = 20260101;
    private const int FewestKills = 20;

    private static readonly int[] Variations = [2, 3];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_EveryServiceKilledAgainAndAgain_GiveTheBytesOfUndisturbedRuns()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        var expected = new Dictionary<string, EmbeddedRun>();
        foreach (var variation in Variations)
        {
            expected[RunNames + variation] = await SmallRun.ExpectedAsync(variation, system.ExpectedFolder, Token);
        }

        await using var tape = await EventTape.StartAsync(system.Host.Broker, echoes: false, Token);
        foreach (var variation in Variations)
        {
            await system.SubmitAsync(RunNames + variation, SmallRun.Yaml(variation), Token);
        }

        var durations = expected.Values.First().Stages.ToDictionary(
            stage => stage.Record.Stage, stage => stage.Record.Finished - stage.Record.Started);
        var killer = new ServiceKiller(system, RunNames, Seed, durations);
        await killer.RunAsync(Token);
        foreach (var (runId, undisturbed) in expected)
        {
            var run = await system.CompleteAsync(runId, Token);
            Assert.Equal(undisturbed.Artifacts, run.Artifacts);
            Assert.Single(tape.CompletionsOf(runId));
            Assert.True(await system.Blobs.ExistsAsync(StorePaths.Completed(runId), Token));
            var lineage = await new LineageLog(system.Blobs).ReadAsync(runId, Token);
            Assert.Equal(undisturbed.Stages.Count, lineage.Count(entry => entry.EventType == "COMPLETE"));
        }

        AssertPainful(killer);
    }

    private static void AssertPainful(ServiceKiller killer)
    {
        var summary = string.Join('\n', killer.Kills);
        TestContext.Current.SendDiagnosticMessage(summary);
        Assert.True(killer.Kills.Count >= FewestKills, summary);
        Assert.Contains(
            killer.Kills,
            kill => kill is { Stage: StageNames.Qat, IsCommitted: false } && kill.Checkpoints.Contains("qat.checkpoint"));
        Assert.Contains(
            killer.Kills,
            kill => kill is { Stage: StageNames.Calibrate, IsCommitted: false } && kill.Checkpoints.Contains("statistics.bin"));
    }
}
