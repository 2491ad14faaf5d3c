using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Workers;

/// <summary>Knows which stages nobody is there to execute: the broker tells how many consumers a stage's queue has.</summary>
public sealed partial class StageWorkers(
    StageTable stages, IConfiguration configuration, TimeProvider time, ILogger<StageWorkers> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private volatile IReadOnlyList<StageRow> _missing = [];

    /// <summary>The stages without a worker when the broker was asked last.</summary>
    public IReadOnlyList<StageRow> Missing => _missing;

    /// <summary>The status as it is to be shown: a run whose next stage has no worker waits for it, whatever was noted last.</summary>
    public RunStatus Describe(RunStatus status)
    {
        if (status.IsFinal
            || status.Stages.FirstOrDefault(stage => stage.State != StageState.Completed) is not { } next
            || Missing.FirstOrDefault(row => row.Name == next.Stage) is not { } missing)
        {
            return status;
        }

        var waiting = next with { State = StageState.Waiting, Activity = $"waiting for {missing.Service}" };
        return status with
        {
            State = RunState.Waiting,
            WaitingFor = missing.Service,
            Stages = [.. status.Stages.Select(stage => stage == next ? waiting : stage)],
        };
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await AskAsync(timer, stoppingToken);
            }
            catch (Exception exception) when (exception.IsTransient() && !stoppingToken.IsCancellationRequested)
            {
                // What was known last stays: that the broker is away is told by its own check.
                LogNoAnswer(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AskAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerAddress.ConnectAsync(configuration.GetPipelineBroker(), cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        do
        {
            var missing = new List<StageRow>();
            foreach (var row in stages.Rows)
            {
                if ((await channel.QueueDeclarePassiveAsync(row.Queue, cancellationToken)).ConsumerCount == 0)
                {
                    missing.Add(row);
                }
            }

            _missing = missing;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    [LoggerMessage(LogLevel.Debug, "The broker does not tell who works")]
    private partial void LogNoAnswer(Exception exception);
}
