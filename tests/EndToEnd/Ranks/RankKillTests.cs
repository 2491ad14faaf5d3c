using QatPipeline.Foundation;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd.Ranks;

/// <summary>Trainings of two ranks in the system, of which one process after another is killed.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class RankKillTests(DistributedSystem system)
{
    private const string Service = "qat-training";
    private const int Seed = 1701;
    private const int Epochs = 60;

    private static readonly int[] Variations = [41, 42, 43];
    private static readonly TimeSpan LatestKill = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_LauncherRanksAndServiceKilled_GivesTheBytesOfTheUndisturbedCommand()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        var random = new Random(Seed);
        foreach (var variation in Variations)
        {
            var (runId, yaml) = ($"ranks-killed-{variation}", RankedRun.Yaml(variation, Epochs));
            await system.SubmitAsync(runId, yaml, Token);
            var victims = 0;
            foreach (var choose in new Func<Training, int>[]
            {
                training => training.Launcher, training => training.Ranks[0], training => training.Ranks[1], training => training.Service,
            })
            {
                await KillAsync(choose, random.NextDouble() * LatestKill);
                victims++;
            }

            var run = await system.CompleteAsync(runId, Token);
            await RankedRun.AssertAsCommandAsync(yaml, run.Artifacts, Token);

            // A log for every rank of every attempt: the first, and one more for each kill.
            var logs = Path.Combine(UserFolders.Cache, "ranks", runId);
            Assert.Equal(
                Enumerable.Range(1, victims + 1).Select(attempt => Path.Combine(logs, $"{attempt}")), Directory.GetDirectories(logs).Order());
            Assert.All(Directory.GetDirectories(logs), attempt => Assert.True(File.Exists(Path.Combine(attempt, "mpiexec.log"))));
            Directory.Delete(logs, recursive: true);
        }
    }

    private async Task KillAsync(Func<Training, int> choose, TimeSpan after)
    {
        var training = await FindAsync();
        await Task.Delay(after, Token);
        var victim = choose(training);
        Assert.NotEqual("", RunningProcesses.CommandOf(victim));
        RankProcesses.Kill(victim);
        if (victim == training.Service)
        {
            await system.Host.EndedAsync(Service, Token);
            await system.Host.ResumeAsync(Service, Token);
        }

        await GoneAsync([training.Launcher, .. training.Ranks]);
    }

    private static async Task<Training> FindAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (true)
        {
            foreach (var service in RunningProcesses.Ids.Where(IsService))
            {
                if (RankProcesses.Of(service) is [var launcher, var first, var second])
                {
                    return new Training(service, launcher, [first, second]);
                }
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static bool IsService(int process) => RunningProcesses.CommandOf(process) is var command
        && command.Contains(Path.GetDirectoryName(BuiltProgram.PathOf("Services/QatTraining"))!, StringComparison.Ordinal)
        && !command.Contains("--rank-of", StringComparison.Ordinal);

    private static async Task GoneAsync(IEnumerable<int> processes)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (processes.Any(process => RunningProcesses.CommandOf(process).Length > 0))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private sealed record Training(int Service, int Launcher, int[] Ranks);
}
