using System.Runtime.ExceptionServices;
using MassTransit;

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

/// <summary>A delivery cannot be ended here and now: the process stops, or the broker takes no message.</summary>
internal sealed class DeliveryInterruptedException(string message) : Exception(message);
