using MassTransit;
using QatPipeline.Runs.Execution;
using RabbitMQ.Client.Exceptions;

namespace QatPipeline.Messaging.Delivery;

/// <summary>Faults that pass by themselves: the storage's, the network's and the broker's.</summary>
public static class TransientFaults
{
    /// <summary>Whether the same work may succeed a little later.</summary>
    public static bool IsTransient(this Exception exception) => exception.IsBrokerFault() || StageFault.Of(exception).IsTransient;

    /// <summary>Whether the broker did not take a message.</summary>
    internal static bool IsBrokerFault(this Exception exception) => exception switch
    {
        ConnectionException or TransportException or RabbitMQClientException => true,
        AggregateException { InnerExceptions: [var only] } => only.IsBrokerFault(),
        _ => false,
    };
}
