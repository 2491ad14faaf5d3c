using MassTransit;
using QatPipeline.Messaging.Broker;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Delivery;

internal static class PublishExtensions
{
    /// <summary>Publishes with a message id made from the names, so that a repetition can be recognised.</summary>
    public static Task PublishOnceAsync(
        this ConsumeContext context, object message, CancellationToken cancellationToken, params string[] names)
    {
        var id = DeterministicGuid.Of([message.GetType().Name, .. names]);
        return Publication.OrHandBackAsync(
            token => context.Publish(message, message.GetType(), publish => publish.MessageId = id, token), cancellationToken);
    }
}
