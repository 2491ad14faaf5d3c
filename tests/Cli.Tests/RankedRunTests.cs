using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>Quantization-aware training by two processes under <c>mpiexec</c>.</summary>
public sealed class RankedRunTests : IDisposable
{
    private const int Kills = 8;

    private readonly RankedJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Qat_WithoutMpiexec_SaysWhatIsMissing()
    {
        var (exitCode, _, error) = await _job.RunWithAsync("PATH=/nowhere", "out");

        Assert.Equal(2, exitCode);
        var line = Assert.Single(error.Split('\n'), line => line.StartsWith("qat: ", StringComparison.Ordinal));
        Assert.Contains("mpiexec, which starts the 2 processes of the training, cannot be started", line, StringComparison.Ordinal);
        Assert.Contains("apt-get install mpich", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qat_OfFewerImagesThanABatchThatCannotBeShared_SaysWhatToChange()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var job = new RankedJob(images: 3);

        var (exitCode, _, error) = await job.RunAsync("out");

        Assert.Equal(2, exitCode);
        Assert.Contains("of 2: A batch of 3 images cannot be shared by 2 processes", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Qat_KilledAtRandomInstants_GivesTheBytesOfAnUndisturbedRun()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        var (exitCode, _, error) = await _job.RunAsync("undisturbed");
        Assert.True(exitCode == 0, error);

        var random = new Random(17);
        var kills = 0;
        while (kills < Kills)
        {
            var output = $"disturbed-{kills}";
            while (await KillAsync(output, random, kills))
            {
                kills++;
            }

            Assert.Equal(_job.FilesOf("undisturbed"), _job.FilesOf(output));
        }
    }

    // One life of the run, that of a process of which is taken; false where it was faster.
    private async Task<bool> KillAsync(string output, Random random, int kill)
    {
        var token = TestContext.Current.CancellationToken;
        using var run = _job.Start(output);
        var error = run.StandardError.ReadToEndAsync(token);
        var written = run.StandardOutput.ReadToEndAsync(token);
        IReadOnlyList<int> processes = [];
        while (!run.HasExited && (processes = RankedJob.ProcessesOf(run.Id)).Count < 3)
        {
            await Task.Delay(20, token);
        }

        // The launcher, the ranks, the run itself, in turns.
        var victim = kill % 4 is < 3 and var turn && processes.Count == 3 ? processes[turn] : run.Id;
        await Task.Delay(random.Next(0, 6000), token);
        RankedJob.Kill(victim);
        await run.WaitForExitAsync(token);
        await RankedJob.AssertGoneAsync(processes);
        await written;
        if (run.ExitCode == 0)
        {
            return false;
        }

        Assert.True(
            victim == run.Id || (await error).Contains("the same run goes on from the last checkpoint", StringComparison.Ordinal), await error);
        return true;
    }
}
