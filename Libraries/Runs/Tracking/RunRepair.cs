using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Tracking;

/// <summary>
/// Takes a known run up again where its blobs are damaged: puts those aside and reopens the run, so that the next delivery of its events
/// makes anew what is missing and reuses the rest.
/// </summary>
public sealed class RunRepair(IBlobStore blobs, RunFolder runs, RunStatusStore status, RunReferences references)
{
    /// <summary>For whoever submits a run that may be known: takes it up again where it failed, too.</summary>
    /// <returns>False for a run that is complete and sound: there is nothing to do.</returns>
    /// <exception cref="DamagedBlobException">The run's specification is damaged, and the given one is another.</exception>
    public async Task<bool> PrepareAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        await runs.RestoreAsync(runId, specification, cancellationToken);
        if (await runs.ReadSpecificationAsync(runId, cancellationToken) is not { } known
            || CanonicalJson.Of(known) != CanonicalJson.Of(specification)
            || await blobs.ExistsAsync(StorePaths.Cancelled(runId), cancellationToken))
        {
            // A new run, or one that is about to be refused.
            return true;
        }

        var state = (await status.ReadAsync(runId, cancellationToken))?.State;
        if (await TryReopenAsync(runId, known, cancellationToken))
        {
            return true;
        }

        var isIncomplete = state is null or RunState.Failed
            || (state == RunState.Completed && await references.IsIncompleteAsync(runId, known, cancellationToken));
        if (isIncomplete)
        {
            await ReopenAsync(runId, known, cancellationToken);
        }

        return isIncomplete || state != RunState.Completed;
    }

    /// <summary>Reopens the run if something of it is damaged, or if its records name what is not there.</summary>
    public async Task<bool> TryReopenAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        await foreach (var blob in blobs.ListAsync(StorePaths.Run(runId), cancellationToken))
        {
            if (await blobs.CheckAsync(blob.Name, cancellationToken) == BlobState.Damaged)
            {
                faults.Add(blob.Name);
            }
        }

        await foreach (var name in references.OfAsync(runId, specification, cancellationToken))
        {
            if (await blobs.CheckAsync(name, cancellationToken) is BlobState.Missing or BlobState.Damaged)
            {
                faults.Add(name);
            }
        }

        if (faults.Count == 0)
        {
            return false;
        }

        // The status store puts its own blob aside: the new one follows from the old one's neighbours.
        foreach (var name in faults.Where(name => name != StorePaths.Status(runId)))
        {
            await blobs.QuarantineAsync(name, cancellationToken);
        }

        await ReopenAsync(runId, specification, cancellationToken);
        return true;
    }

    private async Task ReopenAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        await runs.ReopenAsync(runId, specification, cancellationToken);
        await status.ReopenAsync(runId, cancellationToken);
    }
}
