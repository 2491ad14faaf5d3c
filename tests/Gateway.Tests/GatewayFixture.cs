using Grpc.Net.Client;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>A gateway process with a real broker and a folder as storage; no stage is executed.</summary>
public class GatewayFixture : IAsyncLifetime
{
    /// <summary>What the gateway asks its callers for.</summary>
    internal const string Key = "key-of-the-tests";

    private readonly ScratchFolder _folder = new();

    internal RabbitMqProcess Broker { get; private set; } = null!;

    internal ServiceProcess Gateway { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>The gateway's storage.</summary>
    internal string Store => _folder.PathOf("store");

    /// <summary>Why the tests cannot run here, or null.</summary>
    internal virtual string? SkipReason => RabbitMqProcess.IsAvailable ? null : RabbitMqProcess.SkipReason;

    public async ValueTask InitializeAsync()
    {
        if (SkipReason is null)
        {
            await PrepareAsync();
            Broker = await RabbitMqProcess.StartAsync(TestContext.Current.CancellationToken);
            Gateway = await StartAsync();
            Http = new HttpClient { BaseAddress = Gateway.Address, DefaultRequestHeaders = { { "X-Api-Key", Key } } };
        }
    }

    /// <summary>Opens its gRPC endpoint, with the key.</summary>
    internal GrpcChannel OpenChannel() => GrpcChannel.ForAddress(
        Gateway.GrpcAddress,
        new GrpcChannelOptions { HttpClient = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", Key } } } });

    /// <summary>Starts one more gateway on the same broker and storage.</summary>
    internal Task<ServiceProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__messaging"] = Broker.ConnectionString,
            ["ConnectionStrings__blobs"] = Store,
            ["QAT_HOME"] = _folder.PathOf("home"),
            ["Security__ApiKey"] = Key,
            ["Data__Roots"] = "/nowhere",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return ServiceProcess.StartAsync("Gateway", environment, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Http?.Dispose();
        Gateway?.Dispose();
        Broker?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Before the gateway starts: puts what it shall find into the storage.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;
}
