using MassTransit;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Foundation;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Lineage;

namespace QatPipeline.Messaging.Consumers;

/// <summary>
/// The last stage of every run: its report, and exactly one record of its completion. It has no key and no artifacts, for a report holds
/// times and hosts.
/// </summary>
internal sealed class ReportWorker(
    IBlobStore blobs,
    ArtifactStore artifacts,
    RunFolder runs,
    IEnumerable<IRunReport> reports,
    DeliveryGuard guard,
    IBus bus,
    TimeProvider time,
    ILogger<ReportWorker> logger) : IEventHandler
{
    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent =>
        guard.ExecuteAsync(context, StageNames.Report, token => CompleteAsync(context, context.Message, token));

    private async Task CompleteAsync(ConsumeContext context, IPipelineEvent happened, CancellationToken cancellationToken)
    {
        var runId = happened.RunId;
        if (await runs.ReadCompletionAsync(runId, cancellationToken) is { Announced: true })
        {
            return;
        }

        using var span = PipelineTelemetry.StartBelowRun($"stage {StageNames.Report}");
        IReadOnlyList<ArtifactReference> files;
        await using (var progress = new ProgressPublisher(bus, runId, StageNames.Report, time, logger))
        {
            progress.Report(new StageProgress("writing the report", 0, 1));
            files = await WriteReportsAsync(new RunContext(runId, happened.Specification), happened.Artifacts, cancellationToken);
        }

        var completed = new PipelineCompleted(runId, happened.Specification.Name, happened.Artifacts, time.GetUtcNow());
        var recorded = await runs.CompleteAsync(new RunCompletion(completed, Announced: false, files), cancellationToken);
        await context.PublishOnceAsync(recorded.Event, cancellationToken, runId);
        await runs.MarkAnnouncedAsync(recorded with { Files = files }, cancellationToken);
    }

    private async Task<IReadOnlyList<ArtifactReference>> WriteReportsAsync(
        RunContext run, IReadOnlyList<ArtifactReference> runArtifacts, CancellationToken cancellationToken)
    {
        var stages = await runs.ReadStagesAsync(run.RunId, run.Specification, cancellationToken);
        var lineage = await new LineageLog(blobs).ReadAsync(run.RunId, cancellationToken);
        var context = new RunReportContext(run, stages, runArtifacts, lineage, artifacts);
        var folder = Directory.CreateTempSubdirectory("qat-report-");
        try
        {
            foreach (var report in reports)
            {
                await report.WriteAsync(context, folder.FullName, cancellationToken);
            }

            var files = new List<ArtifactReference>();
            foreach (var file in folder.EnumerateFiles())
            {
                var content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
                await blobs.WriteAsync(StorePaths.RunFile(run.RunId, file.Name), content, cancellationToken);
                files.Add(new ArtifactReference(file.Name, Digests.Of(content), content.Length));
            }

            return files;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
