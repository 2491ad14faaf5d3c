using System.Globalization;
using System.Text.Json;
using QatPipeline.Contracts.V1;
using QatPipeline.Foundation;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Lineage;
using QatPipeline.Runs.Tracking;
using QatPipeline.SystemSupport;

namespace QatPipeline.Chaos;

/// <summary>
/// Runs on a system to which everything happens that can: every process killed, frozen and restarted, disks full and read-only, clocks that
/// jump, events twice, late, in the wrong order, and forged. <c>QAT_CHAOS_SEED</c> repeats one of them.
/// </summary>
[Trait("Category", "Slow")]
public sealed class ChaosTests : IDisposable
{
    private const string SeedVariable = "QAT_CHAOS_SEED";
    private const int FewestKills = 100;
    private const int Runs = 4;
    private const string FirstRun = "chaos-1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly ScratchFolder _expected = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _expected.Dispose();

    [Fact]
    public async Task Runs_EverythingGoesWrong_EndOnceWithTheBytesOfUndisturbedRuns()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next(100_000);
        Say($"seed {seed}: {SeedVariable}={seed} repeats it");
        var expected = new Dictionary<string, EmbeddedRun>();
        for (var run = 1; run <= Runs; run++)
        {
            expected[$"chaos-{run}"] = await SmallRun.ExpectedAsync(variation: 100 + run, _expected.FullName, Token);
        }

        await using var system = await ChaosSystem.StartAsync(Token);
        await using var tape = await EventTape.StartAsync(system.Broker, echoes: true, Token);
        var monkey = new Monkey(system, tape, FirstRun);
        try
        {
            var mishaps = monkey.RunAsync(Mishap.Plan(seed), Token);
            var submissions = SubmitAsync(system, mishaps);
            await Task.WhenAll(mishaps, submissions);
            system.SetClock(TimeSpan.Zero);
            await ReplayAsync(tape, new Random(seed));
            foreach (var (runId, undisturbed) in expected)
            {
                var run = await system.EndAsync(runId, Patience, Token);
                Assert.True(run.State == RunState.Completed, $"{runId}: {run.Failure}");
                Assert.Equal(undisturbed.Artifacts, run.Artifacts);
                Assert.True(tape.CompletionsOf(runId).Count <= 1);
                var lineage = await new LineageLog(system.Blobs).ReadAsync(runId, Token);
                Assert.Equal(undisturbed.Stages.Count, lineage.Count(entry => entry.EventType == "COMPLETE"));
            }

            await AssertWholeAsync(system.Blobs);
            Assert.True(monkey.Kills >= FewestKills);
        }
        catch
        {
            Say(system.Output);
            throw;
        }

        Say($"{monkey.Kills} kills, {monkey.Mishaps} mishaps, {Runs} runs");
    }

    private static void Say(string text) => TestContext.Current.SendDiagnosticMessage(text);

    // One after the other while things go wrong, and the rest when nothing does any more.
    private static async Task SubmitAsync(ChaosSystem system, Task mishaps)
    {
        for (var run = 1; run <= Runs; run++)
        {
            await system.SubmitAsync($"chaos-{run}", SmallRun.Yaml(variation: 100 + run), Token);
            await Task.WhenAny(mishaps, Task.Delay(TimeSpan.FromSeconds(25), Token));
        }
    }

    private static async Task ReplayAsync(EventTape tape, Random random)
    {
        var events = tape.Events.Select(entry => entry.Event).OfType<IPipelineEvent>().ToArray();
        random.Shuffle(events);
        foreach (var happened in events)
        {
            await tape.PublishAsync(happened, Token);
        }
    }

    /// <summary>Nothing is half written, and nothing is there that was forged.</summary>
    private static async Task AssertWholeAsync(AzureBlobStore blobs)
    {
        await foreach (var (name, _) in blobs.ListAsync("", Token))
        {
            Assert.DoesNotContain("forged", name, StringComparison.Ordinal);
            var blob = await blobs.ReadAsync(name, Token);
            if (name.StartsWith("artifacts/", StringComparison.Ordinal))
            {
                Assert.Equal(Path.GetFileName(name), Digests.Of(blob!.Content));
            }
            else if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                using var _ = JsonDocument.Parse(blob!.Content);
            }
        }
    }
}
