using System.Collections.Concurrent;
using MassTransit;
using QatPipeline.Contracts.V1;

namespace QatPipeline.SystemSupport;

/// <summary>Records every event on the bus, and publishes events again.</summary>
public sealed class EventTape : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPublication = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<Recorded> _recorded = new();
    private readonly ConcurrentDictionary<Guid, bool> _own = new();
    private readonly IBusControl _bus;
    private readonly bool _echoes;

    private EventTape(string broker, bool echoes)
    {
        _echoes = echoes;
        _bus = Bus.Factory.CreateUsingRabbitMq(configure =>
        {
            configure.Host(new Uri(broker));
            configure.ReceiveEndpoint($"tape-{Guid.NewGuid():N}", endpoint =>
            {
                endpoint.AutoDelete = true;
                endpoint.Handler<PipelineRequested>(RecordAsync);
                endpoint.Handler<DatasetPrepared>(RecordAsync);
                endpoint.Handler<ModelCalibrated>(RecordAsync);
                endpoint.Handler<ModelTrained>(RecordAsync);
                endpoint.Handler<GraphOptimized>(RecordAsync);
                endpoint.Handler<EngineBuilt>(RecordAsync);
                endpoint.Handler<ModelEvaluated>(RecordAsync);
                endpoint.Handler<StageFailed>(RecordAsync);
                endpoint.Handler<PipelineCompleted>(RecordAsync);
            });
        });
    }

    /// <summary>What others published, in the order it came.</summary>
    public IEnumerable<Recorded> Events => _recorded;

    /// <param name="broker">Connection string of the broker.</param>
    /// <param name="echoes">Whether everything that others publish is published a second time at once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<EventTape> StartAsync(string broker, bool echoes, CancellationToken cancellationToken)
    {
        var tape = new EventTape(broker, echoes);
        await tape._bus.StartAsync(cancellationToken);
        return tape;
    }

    /// <summary>The first event that fits, waiting for it.</summary>
    public async Task<TEvent> FindAsync<TEvent>(Func<TEvent, bool> fits, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            if (_recorded.Select(entry => entry.Event).OfType<TEvent>().FirstOrDefault(fits) is { } found)
            {
                return found;
            }

            await Task.Delay(Poll, limit.Token);
        }
    }

    /// <summary>The message ids under which the run's completion was published.</summary>
    public IReadOnlyCollection<Guid> CompletionsOf(string runId) =>
        [.. _recorded
            .Where(entry => entry.Event is PipelineCompleted completed && completed.RunId == runId)
            .Select(entry => entry.Id)
            .Distinct()];

    public async Task PublishAsync(object message, CancellationToken cancellationToken)
    {
        var id = NewId.NextGuid();
        _own[id] = true;
        while (true)
        {
            try
            {
                await _bus.Publish(message, message.GetType(), publish => publish.MessageId = id, cancellationToken)
                    .WaitAsync(LongestPublication, cancellationToken);
                return;
            }
            catch (TimeoutException)
            {
                // The client library forgets calls on a channel that it disposes; a new call gets a new channel.
            }
        }
    }

    public async ValueTask DisposeAsync() => await _bus.StopAsync(CancellationToken.None);

    private async Task RecordAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class
    {
        var id = context.MessageId ?? Guid.Empty;
        if (_own.ContainsKey(id))
        {
            return;
        }

        _recorded.Enqueue(new Recorded(context.Message, id));
        if (_echoes)
        {
            await PublishAsync(context.Message, context.CancellationToken);
        }
    }

    /// <summary>An event and its message id.</summary>
    public sealed record Recorded(object Event, Guid Id);
}
