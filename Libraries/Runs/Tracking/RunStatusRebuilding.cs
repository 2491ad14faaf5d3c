using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tracking;

/// <summary>Makes the status of a run, whose own blob is damaged, from its specification, links and completion.</summary>
internal sealed class RunStatusRebuilding(IBlobStore blobs, StageTable stages)
{
    /// <summary>The status as far as it follows from what is sound; where the specification is lost too, a failure that says so.</summary>
    public async Task<RunStatus> RebuildAsync(string runId, ArtifactException damage, CancellationToken cancellationToken)
    {
        var specification = await blobs.TryReadJsonAsync<RunSpecification>(StorePaths.Specification(runId), cancellationToken);
        var status = specification is null
            ? new RunStatus
            {
                RunId = runId,
                State = RunState.Failed,
                Failure = new RunFailure(
                    "", damage.Message, "Submit the same specification under this id; finished stages are reused.", damage.GetType().Name),
            }
            : await FollowAsync(runId, specification, cancellationToken);
        return await blobs.TryReadJsonAsync<RunCompletion>(StorePaths.Completed(runId), cancellationToken) is { } completion
            ? RunStatusChanges.Apply(status with { Name = completion.Event.Name }, completion.Event)!
            : await blobs.TryReadJsonAsync<PipelineCancelled>(StorePaths.Cancelled(runId), cancellationToken) is { } cancelled
                ? RunStatusChanges.Apply(status, cancelled)!
                : status;
    }

    private async Task<RunStatus> FollowAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        RunStatus? status = null;
        IReadOnlyList<ArtifactReference> artifacts = [];
        foreach (var stage in stages.Rows.Where(row => row.Event is not null && row.IsIn(specification)))
        {
            if (await blobs.TryReadJsonAsync<RunStageLink>(StorePaths.RunStage(runId, stage.Name), cancellationToken) is { } link
                && await blobs.TryReadJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken) is { } record)
            {
                artifacts = ArtifactList.Accumulate(artifacts, record.Outputs);
                status = RunStatusChanges.Apply(
                    status, stage.Complete(runId, specification, artifacts), stages, record.TraceParent?.Split('-')[1], link.Linked);
            }
        }

        return status ?? RunStatusChanges.Apply(null, new PipelineRequested(runId, specification, []), stages, null, default);
    }
}
