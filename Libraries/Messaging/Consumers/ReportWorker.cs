using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Consumers;

/// <summary>
/// The last stage of every run: its report, and exactly one record of its completion. It has no key and no artifacts, for a report holds
/// times and hosts.
/// </summary>
internal sealed class ReportWorker(
    RunFolder runs,
    RunReportWriter reports,
    DeliveryGuard guard,
    IBus bus,
    TimeProvider time,
    ILogger<ReportWorker> logger) : IEventHandler
{
    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent =>
        guard.ExecuteAsync(context, StageNames.Report, token => CompleteAsync(context, context.Message, token));

    private async Task CompleteAsync(ConsumeContext consumed, IPipelineEvent happened, CancellationToken cancellationToken)
    {
        var runId = happened.RunId;
        var completion = await runs.ReadCompletionAsync(runId, cancellationToken);
        if (completion is { Announced: true })
        {
            return;
        }

        // What was added to a complete run stays with it when the run is repaired.
        var artifacts = ArtifactList.Accumulate(completion?.Event.Artifacts ?? [], happened.Artifacts);

        using var span = PipelineTelemetry.StartBelowRun($"stage {StageNames.Report}");
        IReadOnlyList<ArtifactReference> files;
        await using (var progress = new ProgressPublisher(bus, runId, StageNames.Report, time, logger))
        {
            progress.Report(new StageProgress("writing the report", 0, 1));
            var context = await reports.ReadAsync(new RunContext(runId, happened.Specification), artifacts, cancellationToken);
            files = ArtifactList.Accumulate(completion?.Files ?? [], await reports.WriteAsync(context, cancellationToken));
        }

        var completed = new PipelineCompleted(runId, happened.Specification.Name, artifacts, time.GetUtcNow());
        var recorded = await runs.CompleteAsync(new RunCompletion(completed, Announced: false, files), cancellationToken);
        await consumed.PublishOnceAsync(recorded.Event, cancellationToken, runId);
        await runs.MarkAnnouncedAsync(recorded with { Files = files }, cancellationToken);
    }
}
