using MassTransit;

namespace QatPipeline.Messaging.Delivery;

/// <summary>
/// Every process declares all queues and binds them: an event published before the next service has ever started waits in its queue
/// instead of getting lost.
/// </summary>
internal static class RabbitMqTopology
{
    /// <summary>Name of the exchange that messages of the type are published on: a part of the contract with other programs.</summary>
    public static string ExchangeOf(Type type) => $"{type.Namespace}:{type.Name}";

    /// <summary>Binds the queue to the events' own exchanges.</summary>
    public static void Bind(this IRabbitMqBusFactoryConfigurator bus, string queue, IEnumerable<Type> events)
    {
        // Where the queue's consumer has bound it through another exchange as well, the broker still delivers once.
        foreach (var type in events)
        {
            bus.Publish(type, publish => publish.BindQueue(ExchangeOf(type), queue, DeliveryPolicy.UseQuorum));
        }
    }

    /// <summary>Declares queues that messages are sent to by name, each behind an exchange of its name.</summary>
    public static void DeclareQueues<TMessage>(this IRabbitMqBusFactoryConfigurator bus, IEnumerable<string> queues)
        where TMessage : class
    {
        foreach (var queue in queues)
        {
            bus.Publish<TMessage>(publish => publish.BindQueue(queue, queue, DeliveryPolicy.UseQuorum));
        }
    }
}
