using MassTransit;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Lineage;
using QatPipeline.ServiceDefaults.Messaging;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>The end of every run: its report, and exactly one record of its completion.</summary>
internal sealed class ReportConsumer(
    IBlobStore blobs, ArtifactStore artifacts, RunFolder runs, IEnumerable<IRunReport> reports, DeliveryGuard guard, TimeProvider time)
    : IConsumer<ModelEvaluated>
{
    public Task Consume(ConsumeContext<ModelEvaluated> context) => guard.ExecuteAsync(
        context, context.Message, StageNames.Report, token => CompleteAsync(context, context.Message, token));

    private async Task CompleteAsync(ConsumeContext context, ModelEvaluated evaluated, CancellationToken cancellationToken)
    {
        var runId = evaluated.RunId;
        var name = StorePaths.Completed(runId);
        if (await blobs.ReadJsonAsync<Completion>(name, cancellationToken) is { Announced: true })
        {
            return;
        }

        using var span = PipelineTelemetry.StartBelowRun($"stage {StageNames.Report}");
        await WriteReportsAsync(new RunContext(runId, evaluated.Specification), evaluated.Artifacts, cancellationToken);
        var completed = new PipelineCompleted(runId, evaluated.Specification.Name, evaluated.Artifacts, time.GetUtcNow());
        await blobs.TryCreateJsonAsync(name, new Completion(completed, Announced: false), cancellationToken);
        var recorded = await blobs.ReadJsonAsync<Completion>(name, cancellationToken);
        await context.PublishOnceAsync(recorded!.Event, cancellationToken, runId);
        await blobs.WriteJsonAsync(name, recorded with { Announced = true }, cancellationToken);
    }

    private async Task WriteReportsAsync(
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

            foreach (var file in folder.EnumerateFiles())
            {
                var content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
                await blobs.WriteAsync(StorePaths.RunFile(run.RunId, file.Name), content, cancellationToken);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed record Completion(PipelineCompleted Event, bool Announced);
}
