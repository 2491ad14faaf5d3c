using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>Quantization-aware training by processes on two hosts.</summary>
public sealed class RankedHostsTests : IDisposable
{
    private readonly RankedJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Qat_OnAHostThatNobodyKnows_NamesIt()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);

        var (exitCode, _, error) = await _job.RunOnAsync("nobody.invalid:2", "out", "env");

        Assert.Equal(2, exitCode);
        Assert.Contains("Host 'nobody.invalid' of the training cannot be reached", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Qat_OnTwoHosts_GivesTheBytesOfTwoProcessesOfOne()
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var hosts = TwoHosts.TryCreate();
        Assert.SkipWhen(hosts is null, TwoHosts.SkipReason);

        // The threads of one host are not those of two.
        var one = await _job.RunWithAsync("OMP_NUM_THREADS=1", "one");
        Assert.True(one.ExitCode == 0, one.Error);
        var two = await _job.RunOnAsync($"{TwoHosts.First}:1,{TwoHosts.Second}:1", "two", [.. hosts.Way, "OMP_NUM_THREADS=1"]);
        Assert.True(two.ExitCode == 0, two.Error);

        Assert.Equal(_job.FilesOf("one"), _job.FilesOf("two"));
    }

    [Theory]
    [InlineData(TwoHosts.Nobody, "does not answer within 20 s (no route to 10.214.1.3)")]
    [InlineData(TwoHosts.Bare, "cannot run a process (")]
    [Trait("Category", "Slow")]
    public async Task Qat_OnAHostThatCannotWork_NamesIt(string host, string problem)
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        using var hosts = TwoHosts.TryCreate();
        Assert.SkipWhen(hosts is null, TwoHosts.SkipReason);

        // What comes before the training is there already.
        var (exitCode, _, error) = await _job.RunAsync("out");
        Assert.True(exitCode == 0, error);
        (exitCode, _, error) = await _job.RunOnAsync($"{TwoHosts.First}:1,{host}:1,{TwoHosts.Second}:2", "out", hosts.Way);

        Assert.Equal(2, exitCode);
        var line = Assert.Single(error.Split('\n'), line => line.StartsWith("qat: ", StringComparison.Ordinal));
        Assert.Contains($"Host '{host}' of the training {problem}", line, StringComparison.Ordinal);
        Assert.Contains("HYDRA_LAUNCHER_EXEC", line, StringComparison.Ordinal);
    }
}
