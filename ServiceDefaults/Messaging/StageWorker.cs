using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>
/// Does one stage for one event: execute, commit, publish the next event, note that it was published. Only then does the delivery count
/// as done, so a kill in between repeats the rest and nothing else.
/// </summary>
internal sealed partial class StageWorker(
    IStage stage, StageExecutor executor, RunFolder runs, DeliveryGuard guard, IBus bus, TimeProvider time, ILogger<StageWorker> logger)
{
    // Without a specification there is no next stage: the guard says so.
    public Task HandleAsync(ConsumeContext context, IPipelineEvent pipelineEvent) =>
        pipelineEvent.Specification is null || StageRoutes.NextStage(pipelineEvent) == stage.Name
            ? guard.ExecuteAsync(context, pipelineEvent, stage.Name, token => ExecuteAsync(context, pipelineEvent, token))
            : Task.CompletedTask;

    private async Task ExecuteAsync(ConsumeContext context, IPipelineEvent pipelineEvent, CancellationToken cancellationToken)
    {
        var run = new RunContext(pipelineEvent.RunId, pipelineEvent.Specification);
        var job = StageJob.Create(stage, run, pipelineEvent.Artifacts);
        if (await runs.ReadLinkAsync(run.RunId, stage.Name, cancellationToken) is { Announced: true } link && link.Key == job.Key)
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
        var artifacts = RunPlan.Accumulate(pipelineEvent.Artifacts, result.Record.Outputs);
        var completed = StageRoutes.Completed(stage.Name, run, artifacts);
        await context.PublishOnceAsync(completed, cancellationToken, run.RunId, stage.Name, job.Key);
        await runs.MarkAnnouncedAsync(run.RunId, stage.Name, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Stage {Stage} of run {RunId} is done and announced already: nothing to do")]
    private partial void LogRepeated(string stage, string runId);
}
