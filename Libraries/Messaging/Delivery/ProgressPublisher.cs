using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Delivery;

/// <summary>
/// Publishes the latest progress of a stage, twice a second at most. Progress that cannot be delivered is dropped: the stage never waits.
/// </summary>
internal sealed partial class ProgressPublisher : IProgress<StageProgress>, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPublication = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(2);

    private readonly Channel<StageProgress> _latest =
        Channel.CreateBounded<StageProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource _stopping = new();
    private readonly (IBus Bus, string RunId, string Stage) _target;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    public ProgressPublisher(IBus bus, string runId, string stage, TimeProvider time, ILogger logger)
    {
        _target = (bus, runId, stage);
        _time = time;
        _logger = logger;
        _loop = Task.Run(PublishAsync);
    }

    public void Report(StageProgress value) => _latest.Writer.TryWrite(value);

    public async ValueTask DisposeAsync()
    {
        _latest.Writer.Complete();
        _stopping.CancelAfter(LastChance);
        await _loop;
        _stopping.Dispose();
    }

    private async Task PublishAsync()
    {
        try
        {
            await foreach (var value in _latest.Reader.ReadAllAsync(_stopping.Token))
            {
                await PublishAsync(value);
                await Task.WhenAny(_latest.Reader.Completion, Task.Delay(Pause, _time, _stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The broker is away and the stage is done: its event says more than this progress.
        }
    }

    private async Task PublishAsync(StageProgress value)
    {
        var figures = value.Figures ?? new Dictionary<string, double>();
        var message = new StageProgressed(
            _target.RunId, _target.Stage, value.Activity, value.Done, value.Total, figures, _time.GetUtcNow());
        try
        {
            await Publication.WithinAsync(
                LongestPublication,
                _time,
                token => _target.Bus.Publish(message, publish => publish.Durable = false, token),
                _stopping.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && exception.IsTransient())
        {
            LogDropped(exception, _target.Stage, _target.RunId);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Progress of stage {Stage} of run {RunId} was not delivered")]
    private partial void LogDropped(Exception exception, string stage, string runId);
}
