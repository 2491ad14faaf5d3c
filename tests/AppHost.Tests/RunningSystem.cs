using Azure.Storage.Blobs;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>The whole system, started once for all tests.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private AspireSystem? _host;

    internal AspireSystem Host => _host ?? throw new InvalidOperationException(AspireSystem.SkipReason);

    internal Uri Broker => new(Host.Broker);

    internal BlobContainerClient Blobs => new(Host.Storage, "qatpipeline");

    public async ValueTask InitializeAsync()
    {
        if (AspireSystem.IsAvailable)
        {
            _host = await AspireSystem.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <summary>The tests that share the system.</summary>
[CollectionDefinition(Name)]
public sealed class RunningSystemTests : ICollectionFixture<RunningSystem>
{
    public const string Name = "the running system";
}
