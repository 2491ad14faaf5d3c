using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs;

namespace QatPipeline.Messaging.Consumers;

/// <summary>
/// Passes every event, whoever published it, to the one queue of the stage that comes next for its run, and lets no event through that
/// breaks a rule. Every process routes, so no single one is needed for the runs to go on; one that tracks runs does it first.
/// </summary>
internal sealed class EventRouter(StageTable stages, DeliveryGuard guard) : IEventHandler
{
    public const string Queue = "qat-events";

    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent
    {
        // Without a specification there is no next stage, which the check says.
        var next = context.Message.Specification is null ? null : stages.Next(context.Message);
        return guard.ExecuteAsync(
            context,
            next?.Name ?? "",
            token => Publication.OrHandBackAsync(_ => context.Forward(new Uri($"exchange:{next!.Queue}")), token));
    }
}
