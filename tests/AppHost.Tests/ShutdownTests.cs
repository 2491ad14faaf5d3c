namespace QatPipeline.AppHost.Tests;

[Trait("Category", "Slow")]
public sealed class ShutdownTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_EndsItWithAllItsProcesses(string signal)
    {
        Assert.SkipUnless(HostProcess.IsAvailable, HostProcess.SkipReason);
        using var host = await HostProcess.StartAsync(Token);
        Assert.Empty(await host.StopAsync(signal, Token));
        Assert.Equal(0, host.ExitCode);
    }
}
