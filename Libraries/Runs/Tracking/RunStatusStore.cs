using System.Diagnostics;
using System.Runtime.CompilerServices;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tracking;

/// <summary>Keeps every run's status in its folder of the blob store.</summary>
public sealed class RunStatusStore(IBlobStore blobs, StageTable stages, TimeProvider time)
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(500);

    private readonly RunStatusRebuilding _rebuilding = new(blobs, stages);

    /// <summary>
    /// The last status that was written; in place of a damaged one, what follows from the run's other blobs; null for a run that is not
    /// known.
    /// </summary>
    public async Task<RunStatus?> ReadAsync(string runId, CancellationToken cancellationToken) =>
        (await ReadVersionAsync(runId, cancellationToken))?.Value;

    /// <summary>
    /// The run's status now and after every change, until it is final; nothing for a run that is not known. Any process can
    /// tell: the status is in the store.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="view">What is shown of the status: it may change while the status does not.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<RunStatus> WatchAsync(
        string runId, Func<RunStatus, RunStatus> view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Tag, string? WaitingFor)? last = null;
        while (await ReadVersionAsync(runId, cancellationToken) is { } version)
        {
            var shown = view(version.Value);
            if ((version.EntityTag, shown.WaitingFor) != last)
            {
                last = (version.EntityTag, shown.WaitingFor);
                yield return shown;
                if (shown.IsFinal)
                {
                    yield break;
                }
            }

            await Task.Delay(WatchPeriod, time, cancellationToken);
        }
    }

    /// <summary>All runs, the latest first.</summary>
    public async Task<IReadOnlyList<RunStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<RunStatus>();
        await foreach (var runId in blobs.ListFoldersAsync(StorePaths.Runs, cancellationToken))
        {
            if (RunId.IsValid(runId) && await ReadAsync(runId, cancellationToken) is { } status)
            {
                found.Add(status);
            }
        }

        return [.. found.OrderByDescending(status => status.Requested).ThenBy(status => status.RunId, StringComparer.Ordinal)];
    }

    /// <summary>Notes that the run is asked for, or that one of its stages is done.</summary>
    public Task ApplyAsync(IPipelineEvent happened, CancellationToken cancellationToken)
    {
        var traceId = Activity.Current?.TraceId.ToString();
        return UpdateAsync(
            happened.RunId, status => RunStatusChanges.Apply(status, happened, stages, traceId, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Notes the cancellation, so that stages which start later do not.</summary>
    public async Task CancelAsync(PipelineCancelled cancelled, CancellationToken cancellationToken)
    {
        await blobs.TryCreateJsonAsync(StorePaths.Cancelled(cancelled.RunId), cancelled, cancellationToken);
        await UpdateAsync(cancelled.RunId, status => RunStatusChanges.Apply(status, cancelled), cancellationToken);
    }

    /// <summary>Notes how far a stage is.</summary>
    public Task ApplyAsync(StageProgressed progress, CancellationToken cancellationToken) =>
        UpdateAsync(progress.RunId, status => RunStatusChanges.Apply(status, progress), cancellationToken);

    /// <summary>Notes that a stage gave up, which ends the run.</summary>
    public Task ApplyAsync(StageFailed failed, CancellationToken cancellationToken) =>
        UpdateAsync(failed.RunId, status => RunStatusChanges.Apply(status, failed), cancellationToken);

    /// <summary>Notes that the run is complete.</summary>
    public Task ApplyAsync(PipelineCompleted completed, CancellationToken cancellationToken) =>
        UpdateAsync(completed.RunId, status => RunStatusChanges.Apply(status, completed), cancellationToken);

    /// <summary>Notes that the run, which had ended, is taken up again.</summary>
    public Task ReopenAsync(string runId, CancellationToken cancellationToken) =>
        UpdateAsync(runId, RunStatusChanges.Reopen, cancellationToken);

    internal async Task<Versioned<RunStatus>?> ReadVersionAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.ReadVersionedJsonAsync<RunStatus>(StorePaths.Status(runId), cancellationToken);
        }
        catch (ArtifactException damage)
        {
            return new Versioned<RunStatus>(await _rebuilding.RebuildAsync(runId, damage, cancellationToken), EntityTag: "");
        }
    }

    private async Task<RunStatus?> UpdateAsync(string runId, Func<RunStatus?, RunStatus?> change, CancellationToken cancellationToken)
    {
        var name = StorePaths.Status(runId);
        try
        {
            return await blobs.UpdateJsonAsync(name, change, cancellationToken);
        }
        catch (DamagedBlobException damage)
        {
            var rebuilt = await _rebuilding.RebuildAsync(runId, damage, cancellationToken);
            await blobs.QuarantineAsync(name, cancellationToken);
            await blobs.TryCreateJsonAsync(name, rebuilt, cancellationToken);
            return await blobs.UpdateJsonAsync(name, change, cancellationToken);
        }
    }
}
