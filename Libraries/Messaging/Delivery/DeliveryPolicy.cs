using MassTransit;
using MassTransit.Middleware;

namespace QatPipeline.Messaging.Delivery;

/// <summary>How deliveries are treated: one at a time, retried on transient faults, kept by the broker until they are done.</summary>
internal static class DeliveryPolicy
{
    /// <summary>Tries after the first: together they outlast a storage or network outage of a few minutes.</summary>
    public const int Retries = 12;

    /// <summary>Brokers from RabbitMQ 4 drop a message after 20 returns unless told otherwise; a stage may be killed more often.</summary>
    private const int DeliveryLimit = 1000;

    /// <summary>
    /// How long a stage may keep its message: brokers from RabbitMQ 3.12 take it from the queue, older ones from their configuration.
    /// </summary>
    private static readonly TimeSpan ConsumerTimeout = TimeSpan.FromDays(7);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>A durable, replicated queue that one delivery at a time is taken from.</summary>
    public static void UseStagePolicy(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.PrefetchCount = 1;
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.ConfigureConsumeTopology = true;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            UseQuorum(rabbit);
        }

        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(exception => exception.IsTransient());
            retry.Exponential(Retries, FirstPause, LongestPause, FirstPause);
        });
        endpoint.ConfigureError(error =>
        {
            error.UseFilter(new InterruptionFilter());
            error.UseFilter(new GenerateFaultFilter());
            error.UseFilter(new ErrorTransportFilter());
        });
    }

    /// <summary>A queue for messages whose loss does no harm: gone with the last of its consumers.</summary>
    public static void UseLossyPolicy(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConcurrentMessageLimit = 1;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            // Not a temporary one, which would belong to the first replica alone.
            rabbit.Durable = true;
            rabbit.AutoDelete = true;
        }
    }

    /// <summary>The arguments of every durable queue; whoever declares one must give the same.</summary>
    public static void UseQuorum(IRabbitMqQueueConfigurator queue)
    {
        queue.SetQueueArgument("x-queue-type", "quorum");
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        queue.SetQueueArgument("x-consumer-timeout", (long)ConsumerTimeout.TotalMilliseconds);
    }
}
