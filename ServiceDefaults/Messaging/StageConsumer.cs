using MassTransit;
using QatPipeline.Contracts.V1;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>Hands one kind of event to a stage.</summary>
internal sealed class StageConsumer<TEvent>(StageWorker worker) : IConsumer<TEvent>
    where TEvent : class, IPipelineEvent
{
    public Task Consume(ConsumeContext<TEvent> context) => worker.HandleAsync(context, context.Message);
}
