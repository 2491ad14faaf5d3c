using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Consumers;

/// <summary>
/// Does one stage for one event: execute, commit, publish the next event, note that it was published. Only then does the delivery count
/// as done, so a kill in between repeats the rest and nothing else.
/// </summary>
internal sealed partial class StageWorker(
    IStage stage,
    StageTable stages,
    StageExecutor executor,
    RunFolder runs,
    RunRepair repair,
    DeliveryGuard guard,
    IBus bus,
    TimeProvider time,
    ILogger<StageWorker> logger) : IEventHandler
{
    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent =>
        guard.ExecuteAsync(context, stage.Name, token => ExecuteAsync(context, context.Message, token));

    private async Task ExecuteAsync(ConsumeContext context, IPipelineEvent happened, CancellationToken cancellationToken)
    {
        var run = new RunContext(happened.RunId, happened.Specification);
        var job = StageJob.Create(stage, run, happened.Artifacts);
        if (await runs.ReadLinkAsync(run.RunId, stage.Name, cancellationToken) is { Announced: true } link && link.Key == job.Key
            && !await repair.TryReopenAsync(run.RunId, run.Specification, cancellationToken))
        {
            LogRepeated(stage.Name, run.RunId);
            return;
        }

        StageResult result;
        await using (var progress = new ProgressPublisher(bus, run.RunId, stage.Name, time, logger))
        {
            result = await executor.ExecuteAsync(job, progress, cancellationToken);
        }

        // The next stage's delivery belongs to the run, not to this delivery.
        using var announcement = PipelineTelemetry.StartBelowRun($"announce {stage.Name}");
        var artifacts = ArtifactList.Accumulate(happened.Artifacts, result.Record.Outputs);
        var completed = stages[stage.Name].Complete(run.RunId, run.Specification, artifacts);
        await context.PublishOnceAsync(completed, cancellationToken, run.RunId, stage.Name, job.Key);
        await runs.MarkAnnouncedAsync(run.RunId, stage.Name, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Stage {Stage} of run {RunId} is done and announced already: nothing to do")]
    private partial void LogRepeated(string stage, string runId);
}
