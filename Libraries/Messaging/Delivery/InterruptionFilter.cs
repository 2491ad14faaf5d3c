using System.Runtime.ExceptionServices;
using MassTransit;
using QatPipeline.Messaging.Broker;

namespace QatPipeline.Messaging.Delivery;

/// <summary>A delivery that was interrupted goes back to its queue, not to the error queue.</summary>
internal sealed class InterruptionFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception.GetBaseException() is DeliveryInterruptedException)
        {
            ExceptionDispatchInfo.Throw(context.Exception);
        }

        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("interruption");
}
