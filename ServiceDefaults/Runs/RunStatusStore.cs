using System.Diagnostics;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>Keeps every run's status in its folder of the blob store.</summary>
public sealed class RunStatusStore(IBlobStore blobs, RunFolder runs, TimeProvider time)
{
    /// <summary>The last status that was written; null for a run that is not known.</summary>
    public Task<RunStatus?> ReadAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<RunStatus>(StorePaths.Status(runId), cancellationToken);

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
    public async Task ApplyAsync(IPipelineEvent happened, CancellationToken cancellationToken)
    {
        await runs.TryCreateAsync(happened.RunId, happened.Specification, cancellationToken);
        var traceId = Activity.Current?.TraceId.ToString();
        await UpdateAsync(
            happened.RunId, status => RunStatusChanges.Apply(status, happened, traceId, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Notes the cancellation, so that stages which start later do not.</summary>
    public async Task CancelAsync(PipelineCancelled cancelled, CancellationToken cancellationToken)
    {
        await blobs.TryCreateJsonAsync(StorePaths.Cancelled(cancelled.RunId), cancelled, cancellationToken);
        await UpdateAsync(cancelled.RunId, status => RunStatusChanges.Apply(status, cancelled), cancellationToken);
    }

    internal Task ApplyAsync(StageProgressed progress, CancellationToken cancellationToken) =>
        UpdateAsync(progress.RunId, status => RunStatusChanges.Apply(status, progress), cancellationToken);

    internal Task ApplyAsync(StageFailed failed, CancellationToken cancellationToken) =>
        UpdateAsync(failed.RunId, status => RunStatusChanges.Apply(status, failed), cancellationToken);

    internal Task ApplyAsync(PipelineCompleted completed, CancellationToken cancellationToken) =>
        UpdateAsync(completed.RunId, status => RunStatusChanges.Apply(status, completed), cancellationToken);

    private Task<RunStatus?> UpdateAsync(string runId, Func<RunStatus?, RunStatus?> change, CancellationToken cancellationToken) =>
        blobs.UpdateJsonAsync(StorePaths.Status(runId), change, cancellationToken);
}
