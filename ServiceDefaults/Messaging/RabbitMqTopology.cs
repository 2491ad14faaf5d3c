using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.ServiceDefaults.Runs;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>
/// Every process declares the queues of every stage and binds them to their events: an event published before the next service has ever
/// started waits in its queue instead of getting lost.
/// </summary>
internal static class RabbitMqTopology
{
    public static void Declare(IRabbitMqBusFactoryConfigurator bus)
    {
        bus.DeployPublishTopology = true;
        Bind<PipelineRequested>(bus);
        Bind<DatasetPrepared>(bus);
        Bind<ModelCalibrated>(bus);
        Bind<ModelTrained>(bus);
        Bind<GraphOptimized>(bus);
        Bind<EngineBuilt>(bus);
        Bind<ModelEvaluated>(bus);
        BindTo<StageFailed>(bus, RunTrackingConsumer.Queue);
        BindTo<PipelineCancelled>(bus, RunTrackingConsumer.Queue);
        BindTo<PipelineCompleted>(bus, RunTrackingConsumer.Queue);
    }

    private static void Bind<TEvent>(IRabbitMqBusFactoryConfigurator bus)
        where TEvent : class
    {
        foreach (var stage in StageRoutes.All.Where(stage => StageRoutes.EventsBefore(stage).Contains(typeof(TEvent))))
        {
            BindTo<TEvent>(bus, StageRoutes.Queue(stage));
        }

        BindTo<TEvent>(bus, RunTrackingConsumer.Queue);
    }

    // From the event's own exchange. Where the queue's consumer has bound it through another one as well, the broker still delivers once.
    private static void BindTo<TEvent>(IRabbitMqBusFactoryConfigurator bus, string queue)
        where TEvent : class =>
        bus.Publish<TEvent>(publish => publish.BindQueue(publish.Exchange.ExchangeName, queue, DeliveryPolicy.UseQuorum));
}
