using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Delivery;

namespace QatPipeline.Messaging.Consumers;

/// <summary>Every process hears of every cancellation and stops what it does for that run.</summary>
internal sealed class CancelConsumer(RunCancellation cancellation) : IConsumer<PipelineCancelled>
{
    public Task Consume(ConsumeContext<PipelineCancelled> context) => cancellation.CancelAsync(context.Message.RunId);
}
