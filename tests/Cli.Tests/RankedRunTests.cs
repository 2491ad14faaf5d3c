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
    public async Task Qat_KilledAtRandomInstants_GivesTheBytesOfAnUndisturbedRun()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        var (exitCode, _, error) = await _job.RunAsync("undisturbed");
        Assert.True(exitCode == 0, error);

        var random = new Random(17);
        for (var kill = 0; kill < Kills; kill++)
        {
            await DisturbAsync($"disturbed-{kill}", kill, TimeSpan.FromSeconds(4 * random.NextDouble()));
            Assert.Equal(_job.FilesOf("undisturbed"), _job.FilesOf($"disturbed-{kill}"));
        }
    }

    /// <summary>
    /// A run of which a process is killed: the launcher, a rank, the other, or the run itself, in turns. Without a rank or the launcher the
    /// stage begins again by itself; the run itself is begun again here.
    /// </summary>
    private async Task DisturbAsync(string output, int kill, TimeSpan after)
    {
        var token = TestContext.Current.CancellationToken;
        using var run = _job.Start(output);
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
            var (exitCode, _, complaint) = await _job.RunAsync(output);
            Assert.True(exitCode == 0, complaint);
        }
        else
        {
            Assert.True(run.ExitCode == 0, await error);
        }
    }
}
