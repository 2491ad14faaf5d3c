using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>What ends by itself is started again, from the first moment on.</summary>
[Trait("Category", "Slow")]
public sealed class RestartTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("/azurite/node_modules", "blobs ended")]
    [InlineData("beam.smp", "messaging ended")]
    public async Task Infrastructure_KilledBeforeTheSystemIsUp_IsStartedAgain(string victim, string line)
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        using var host = await HostProcess.StartAsync(_data, Token, victim);

        await host.WaitForHealthAsync(Token);

        Assert.Contains(line, host.Output, StringComparison.Ordinal);
        await host.SignalAsync("INT", Token);
    }
}
