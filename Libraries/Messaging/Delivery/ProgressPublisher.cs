using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Delivery;

/// <summary>
/// Publishes the latest progress of a stage, twice a second at most. Progress that cannot be delivered is dropped: the stage never waits.
/// </summary>
internal sealed partial class ProgressPublisher : IProgress<StageProgress>, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(2);

    private readonly Channel<StageProgress> latest =
        Channel.CreateBounded<StageProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource stopping = new();
    private readonly (IBus Bus, string RunId, string Stage) target;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Task loop;

    public ProgressPublisher(IBus bus, string runId, string stage, TimeProvider time, ILogger logger)
    {
        target = (bus, runId, stage);
        this.time = time;
        this.logger = logger;
        loop = Task.Run(PublishAsync);
    }

    public void Report(StageProgress value) => latest.Writer.TryWrite(value);

    public async ValueTask DisposeAsync()
    {
        latest.Writer.Complete();
        stopping.CancelAfter(LastChance);
        await loop;
        stopping.Dispose();
    }

    private async Task PublishAsync()
    {
        try
        {
            await foreach (var value in latest.Reader.ReadAllAsync(stopping.Token))
            {
                await PublishAsync(value);
                await Task.WhenAny(latest.Reader.Completion, Task.Delay(Pause, time, stopping.Token));
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
            target.RunId, target.Stage, value.Activity, value.Done, value.Total, figures, time.GetUtcNow());
        try
        {
            await target.Bus.Publish(message, publish => publish.Durable = false, stopping.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && exception.IsTransient())
        {
            LogDropped(exception, target.Stage, target.RunId);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Progress of stage {Stage} of run {RunId} was not delivered")]
    private partial void LogDropped(Exception exception, string stage, string runId);
}
