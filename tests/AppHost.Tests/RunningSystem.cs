namespace QatPipeline.AppHost.Tests;

/// <summary>The whole system, started once for all tests and stopped by Ctrl+C.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private HostProcess? host;

    internal HostProcess Host => host ?? throw new InvalidOperationException(HostProcess.SkipReason);

    public async ValueTask InitializeAsync()
    {
        if (HostProcess.IsAvailable)
        {
            host = await HostProcess.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (host is null)
        {
            return;
        }

        using (host)
        {
            Assert.Empty(await host.StopAsync("INT", TestContext.Current.CancellationToken));
        }
    }
}

/// <summary>The tests that share the system.</summary>
[CollectionDefinition(Name)]
public sealed class RunningSystemTests : ICollectionFixture<RunningSystem>
{
    public const string Name = "the running system";
}
