using System.Runtime.CompilerServices;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tracking;

/// <summary>The blobs that a run needs, by what its links and records say.</summary>
public sealed class RunReferences(IBlobStore blobs, StageTable stages)
{
    /// <summary>
    /// Names of the records that the run's links name, of the artifacts and files that those name, and of the report's files. What
    /// cannot be read names nothing; it is for others to see that it is damaged.
    /// </summary>
    public async IAsyncEnumerable<string> OfAsync(
        string runId, RunSpecification specification, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var stage in stages.StagesOf(specification))
        {
            if (await blobs.TryReadJsonAsync<RunStageLink>(StorePaths.RunStage(runId, stage), cancellationToken) is not { } link)
            {
                continue;
            }

            yield return StorePaths.StageRecord(link.Key);
            var record = await blobs.TryReadJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken);
            foreach (var output in record?.Outputs ?? [])
            {
                yield return StorePaths.Artifact(output.Sha256);
                yield return StorePaths.RunFile(runId, output.Name);
            }
        }

        var completion = await blobs.TryReadJsonAsync<RunCompletion>(StorePaths.Completed(runId), cancellationToken);
        foreach (var file in completion?.Files ?? [])
        {
            yield return StorePaths.RunFile(runId, file.Name);
        }
    }

    /// <summary>Whether a run that is said to be complete lacks its completion, its lineage, or a link between two that it has.</summary>
    public async Task<bool> IsIncompleteAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        if (!await blobs.ExistsAsync(StorePaths.Completed(runId), cancellationToken)
            || !await blobs.ExistsAsync(StorePaths.Lineage(runId), cancellationToken))
        {
            return true;
        }

        // A run that was started by a later stage's event has no links before it; the last stage, the report, has none in any run.
        var isStarted = false;
        foreach (var stage in stages.StagesOf(specification).SkipLast(1))
        {
            var isLinked = await blobs.ExistsAsync(StorePaths.RunStage(runId, stage), cancellationToken);
            if (isStarted && !isLinked)
            {
                return true;
            }

            isStarted |= isLinked;
        }

        return !isStarted;
    }
}
