using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Lineage;
using QatPipeline.Runs.Lineage;

namespace QatPipeline.Runs.Execution;

/// <summary>Writes the lineage of one stage execution.</summary>
internal sealed class StageLineage(LineageLog log, TimeProvider time, StageJob job)
{
    private const string JobNamespace = "qatpipeline";

    public Task StartedAsync(string? traceParent, CancellationToken cancellationToken) =>
        AppendAsync("START", [], null, null, traceParent, cancellationToken);

    public Task CompletedAsync(StageResult result, CancellationToken cancellationToken) =>
        AppendAsync(
            "COMPLETE", result.Record.Outputs, null, result.Reused ? result.Record.RunId : null, result.Record.TraceParent,
            cancellationToken);

    public Task FailedAsync(string message, CancellationToken cancellationToken) =>
        AppendAsync("FAIL", [], new ErrorFacet(message), null, null, cancellationToken);

    private Task AppendAsync(
        string type,
        IReadOnlyList<ArtifactReference> outputs,
        ErrorFacet? error,
        string? reusedFrom,
        string? traceParent,
        CancellationToken cancellationToken)
    {
        var (run, stage) = (job.Run, job.Stage.Name);
        var pipeline = new LineageJob(JobNamespace, run.Specification.Name);
        var facets = new LineageRunFacets
        {
            Parent = new ParentFacet(new ParentRun(DeterministicGuid.Of(run.RunId)), pipeline),
            Stage = new StageFacet(run.RunId, job.Key, reusedFrom, traceParent, job.Stage.Processes(run.Specification)),
            ErrorMessage = error,
        };
        var lineageEvent = new LineageEvent
        {
            EventType = type,
            EventTime = time.GetUtcNow(),
            Run = new LineageRun(DeterministicGuid.Of(run.RunId, stage, job.Key), facets),
            Job = new LineageJob(JobNamespace, $"{run.Specification.Name}.{stage}"),
            Inputs = [.. job.Inputs.Select(Dataset)],
            Outputs = [.. outputs.Select(Dataset)],
        };
        return log.AppendAsync(run.RunId, lineageEvent, cancellationToken);
    }

    private static LineageDataset Dataset(ArtifactReference artifact) =>
        new(JobNamespace, artifact.Name, new LineageDatasetFacets(new VersionFacet(artifact.Sha256)));
}
