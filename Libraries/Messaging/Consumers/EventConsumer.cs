using MassTransit;
using QatPipeline.Contracts.V1;

namespace QatPipeline.Messaging.Consumers;

/// <summary>What is done for every event that moves a run on, whichever it is.</summary>
internal interface IEventHandler
{
    Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent;
}

/// <summary>Hands one type of event to what handles all of them.</summary>
internal sealed class EventConsumer<TEvent>(IEventHandler handler) : IConsumer<TEvent>
    where TEvent : class, IPipelineEvent
{
    public Task Consume(ConsumeContext<TEvent> context) => handler.HandleAsync(context);
}

internal static class EventConsumerExtensions
{
    /// <summary>Consumes the types of events on this endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="events">Types of <see cref="IPipelineEvent"/>.</param>
    /// <param name="handler">Called when the first message comes: a handler may need the bus, which is being made.</param>
    public static void Events(this IReceiveEndpointConfigurator endpoint, IEnumerable<Type> events, Func<IEventHandler> handler)
    {
        foreach (var consumer in events.Select(type => typeof(EventConsumer<>).MakeGenericType(type)))
        {
            endpoint.Consumer(consumer, _ => Activator.CreateInstance(consumer, handler())!);
        }
    }
}
