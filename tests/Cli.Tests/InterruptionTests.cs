using System.Diagnostics;

namespace QatPipeline.Cli.Tests;

public sealed class InterruptionTests : IDisposable
{
    private readonly SmallJob _job = new();

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Run_Signalled_EndsWithOneLine(string signal)
    {
        // Timing the engine takes ten minutes: the signal finds the run at work.
        _job.Specification = _job.Specification.Replace(
            "durationMilliseconds: 10 ", "durationMilliseconds: 600000 ", StringComparison.Ordinal);
        using var process = await _job.StartAsync();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!Directory.Exists(_job.PathOf("out", "store", "stages")) && !process.HasExited)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Equal("qat: interrupted", (await error).TrimEnd().Split('\n')[^1]);
    }
}
