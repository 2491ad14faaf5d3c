using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>A real broker and a real blob server for a class of tests.</summary>
public class BrokerFixture : IAsyncLifetime
{
    public static bool IsAvailable => RabbitMqProcess.IsAvailable && AzuriteProcess.IsAvailable;

    public const string SkipReason = "needs RabbitMQ and Azurite: run ./qat setup";

    protected virtual TimeSpan ConsumerTimeout => TimeSpan.FromDays(7);

    internal RabbitMqProcess Broker { get; private set; } = null!;

    internal AzuriteProcess Storage { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (IsAvailable)
        {
            var starting = RabbitMqProcess.StartAsync(TestContext.Current.CancellationToken, consumerTimeout: ConsumerTimeout);
            Storage = await AzuriteProcess.StartAsync(TestContext.Current.CancellationToken);
            Broker = await starting;
        }
    }

    public ValueTask DisposeAsync()
    {
        Broker?.Dispose();
        Storage?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
