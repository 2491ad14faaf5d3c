using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;

namespace QatPipeline.AppHost.Tests;

/// <summary>The whole system, started once for all tests and stopped by Ctrl+C.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private HostProcess? host;

    internal HostProcess Host => host ?? throw new InvalidOperationException(HostProcess.SkipReason);

    internal Uri Gateway => new(Host.Read("gateway.url")!);

    internal Uri Broker => new(Host.Read("messaging.connection")!);

    internal BlobContainerClient Blobs => new(Host.Read("blobs.connection"), "qatpipeline");

    internal Telemetry Telemetry() => new(Host.Dashboard, Host.ApiKey);

    /// <summary>The id of a run's trace, as the gateway tells it.</summary>
    internal async Task<string> TraceIdOfAsync(string runId, CancellationToken cancellationToken)
    {
        using var gateway = new HttpClient { BaseAddress = Gateway };
        var status = await gateway.GetFromJsonAsync<JsonElement>($"/runs/{runId}", cancellationToken);
        return status.GetProperty("traceId").GetString()!;
    }

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
