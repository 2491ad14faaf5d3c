using System.Diagnostics;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>Quantization-aware training by two processes under <c>mpiexec</c>.</summary>
public sealed class RankedRunTests : IDisposable
{
    private readonly RankedJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Qat_WithoutMpiexec_SaysWhatIsMissing()
    {
        var (exitCode, _, error) = await _job.RunWithAsync("PATH=/nowhere", "out");

        Assert.Equal(2, exitCode);
        var line = Assert.Single(error.Split('\n'), line => line.StartsWith("qat: ", StringComparison.Ordinal));
        Assert.Contains("mpiexec, which starts the 2 processes of the training, is not on PATH", line, StringComparison.Ordinal);
        Assert.Contains("apt-get install mpich", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Qat_OfFewerImagesThanABatchThatCannotBeShared_SaysWhatToChange(int images)
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var job = new RankedJob(images);

        var (exitCode, _, error) = await job.RunAsync("out");

        Assert.Equal(2, exitCode);
        Assert.Contains(
            $"The {images} training images, which are fewer than qat.batch, cannot be shared by qat.processes 2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_OfFewerImagesThanProcesses_SaysWhatToChange()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var job = new RankedJob(images: 1);
        using var run = job.StartTraining("out");

        var (exitCode, error) = await EndAsync(run);

        Assert.Equal(2, exitCode);
        Assert.Contains("The 1 training images cannot be shared by train.processes 2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qat_WithoutTheLibrary_SaysWhichPackageBringsIt()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.PathOf("libmpich.so.12"), "", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await _job.RunWithAsync($"LD_LIBRARY_PATH={folder.FullName}", "out");

        Assert.Equal(2, exitCode);
        Assert.Contains("of 2: MPI cannot be used on this machine: libmpich.so.12 cannot be loaded", error, StringComparison.Ordinal);
        Assert.Contains("as root: apt-get install libmpich12", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qat_ByRanksOfAnotherBuild_SaysWhichIsOther()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var folder = new ScratchFolder();
        var launcher = folder.PathOf("mpiexec");
        await File.WriteAllTextAsync(
            launcher, "#!/bin/sh\nQAT_CODE_VERSION=0123456789abcdef exec /usr/bin/mpiexec \"$@\"\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var (exitCode, _, error) = await _job.RunWithAsync(
            $"PATH={folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}", "out");

        Assert.Equal(2, exitCode);
        Assert.Matches("Rank [01] of 2: .* has version [0-9a-f]{16} of the code, and the stage that trains runs 0123456789abcdef", error);
    }

    [Fact]
    public async Task Qat_InATemporaryFolderWithALongName_SaysWhatToSet()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var folder = new ScratchFolder();
        var path = Directory.CreateDirectory(folder.PathOf(new string('x', 100))).FullName;

        var (exitCode, _, error) = await _job.RunWithAsync($"TMPDIR={path}", "out");

        Assert.Equal(2, exitCode);
        Assert.Contains("longer than the system's 107 bytes: set TMPDIR to a shorter folder", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public Task Qat_KilledAtRandomInstants_GivesTheBytesOfAnUndisturbedRun() => AssertUndisturbedAsync(_job.Start, 8);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Train_KilledAtRandomInstants_GivesTheBytesOfAnUndisturbedRun()
    {
        await AssertUndisturbedAsync(_job.StartTraining, 4);

        Assert.Contains("trained-scales.safetensors", _job.FilesOf("undisturbed").Keys);
        await RunAsync(_job.StartTraining, "again");
        Assert.Equal(_job.FilesOf("undisturbed"), _job.FilesOf("again"));
    }

    private async Task AssertUndisturbedAsync(Func<string, Process> start, int kills)
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        await RunAsync(start, "undisturbed");

        var random = new Random(17);
        for (var kill = 0; kill < kills; kill++)
        {
            await DisturbAsync(start, $"disturbed-{kill}", kill, TimeSpan.FromSeconds(4 * random.NextDouble()));
            Assert.Equal(_job.FilesOf("undisturbed"), _job.FilesOf($"disturbed-{kill}"));
        }
    }

    private static async Task RunAsync(Func<string, Process> start, string output)
    {
        using var run = start(output);
        var (exitCode, error) = await EndAsync(run);
        Assert.True(exitCode == 0, error);
    }

    private static async Task<(int ExitCode, string Error)> EndAsync(Process run)
    {
        var token = TestContext.Current.CancellationToken;
        var (written, error) = (run.StandardOutput.ReadToEndAsync(token), run.StandardError.ReadToEndAsync(token));
        await run.WaitForExitAsync(token);
        await written;
        return (run.ExitCode, await error);
    }

    /// <summary>
    /// A run of which a process is killed: the launcher, a rank, the other, or the run itself, in turns. Without a rank or the launcher the
    /// stage begins again by itself; the run itself is begun again here.
    /// </summary>
    private static async Task DisturbAsync(Func<string, Process> start, string output, int kill, TimeSpan after)
    {
        var token = TestContext.Current.CancellationToken;
        using var run = start(output);
        var (written, error) = (run.StandardOutput.ReadToEndAsync(token), run.StandardError.ReadToEndAsync(token));
        IReadOnlyList<int> processes;
        while ((processes = RankProcesses.Of(run.Id)).Count < 3)
        {
            Assert.False(run.HasExited, "The run ended without ranks.");
            await Task.Delay(20, token);
        }

        await Task.Delay(after, token);
        var isRun = kill % 4 == 3;
        if (isRun)
        {
            run.Kill();
        }
        else
        {
            RankProcesses.Kill(processes[kill % 4]);
        }

        await run.WaitForExitAsync(token);
        await Task.WhenAll(written, error);
        await RankedJob.AssertGoneAsync(processes);
        if (isRun)
        {
            await RunAsync(start, output);
        }
        else
        {
            Assert.True(run.ExitCode == 0, await error);
        }
    }
}
