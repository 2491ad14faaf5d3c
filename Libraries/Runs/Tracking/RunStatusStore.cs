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

    /// <summary>The last status that was written; null for a run that is not known.</summary>
    public Task<RunStatus?> ReadAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<RunStatus>(StorePaths.Status(runId), cancellationToken);

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

    internal Task<Versioned<RunStatus>?> ReadVersionAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadVersionedJsonAsync<RunStatus>(StorePaths.Status(runId), cancellationToken);

    private Task<RunStatus?> UpdateAsync(string runId, Func<RunStatus?, RunStatus?> change, CancellationToken cancellationToken) =>
        blobs.UpdateJsonAsync(StorePaths.Status(runId), change, cancellationToken);
}
