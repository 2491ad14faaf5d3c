using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>A gateway process with a real broker and a folder as storage; no stage is executed.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();

    internal RabbitMqProcess Broker { get; private set; } = null!;

    internal ServiceProcess Gateway { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (RabbitMqProcess.IsAvailable)
        {
            Broker = await RabbitMqProcess.StartAsync(TestContext.Current.CancellationToken);
            var environment = new Dictionary<string, string>
            {
                ["ConnectionStrings__messaging"] = Broker.ConnectionString,
                ["ConnectionStrings__blobs"] = folder.PathOf("store"),
                ["QAT_HOME"] = folder.PathOf("home"),
            };
            Gateway = await ServiceProcess.StartAsync("Gateway", environment, TestContext.Current.CancellationToken);
            Http = new HttpClient { BaseAddress = Gateway.Address };
        }
    }

    public ValueTask DisposeAsync()
    {
        Http?.Dispose();
        Gateway?.Dispose();
        Broker?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
