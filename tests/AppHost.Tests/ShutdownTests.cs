using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>The end of the AppHost is the end of everything that it started, and not that of a run.</summary>
[Trait("Category", "Slow")]
public sealed class ShutdownTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_EndsItWithAllItsProcesses(string signal)
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        using var host = await HostProcess.StartAsync(_data, Token);

        await host.SignalAsync(signal, Token);

        Assert.Empty(await host.LeftoversAsync(Token));
        Assert.Contains(host.ExitCode, (int[])[0, 128 + 15]);
    }

    [Fact]
    public async Task Kill_LeavesNothing_AndTheNextStartContinuesTheRun()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const string RunId = "interrupted";
        using (var killed = await HostProcess.StartAsync(_data, Token))
        {
            await killed.SubmitAsync(RunId, JsonSerializer.Serialize(TinyRun.Create(seed: 300), PipelineJson.Compact), Token);
            await killed.WaitForRunAsync(
                RunId, run => run.GetProperty("stages")[0].GetProperty("state").GetString() == "completed", Token);
            await killed.SignalAsync("KILL", Token);
            Assert.Empty(await killed.LeftoversAsync(Token));
        }

        using var host = await HostProcess.StartAsync(_data, Token);
        var ended = await host.WaitForRunAsync(RunId, run => run.GetProperty("finished").ValueKind == JsonValueKind.String, Token);
        Assert.Equal("completed", ended.GetProperty("state").GetString());
        await host.SignalAsync("INT", Token);
        Assert.Empty(await host.LeftoversAsync(Token));
    }
}
