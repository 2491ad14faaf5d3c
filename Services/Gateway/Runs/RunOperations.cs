using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Messaging.Workers;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Runs;

/// <summary>What HTTP and gRPC offer alike.</summary>
internal sealed class RunOperations(
    RunRequests requests,
    EventAdmission admission,
    StageWorkers workers,
    RunStatusStore runs,
    RunFileStore files,
    RunRepair repair,
    IBlobStore blobs,
    DataRoots roots,
    TimeProvider time)
{
    /// <summary>Reads the specification and asks for the run.</summary>
    /// <param name="text">The specification.</param>
    /// <param name="runId">The run's id, or nothing to have one made.</param>
    /// <param name="cancellationToken">Ends the wait for the broker.</param>
    /// <param name="folder">The folder that relative paths start at; without one, paths must be absolute.</param>
    /// <exception cref="SpecificationException">The text is not a valid specification.</exception>
    /// <exception cref="EventRefusedException">The run id is invalid, cancelled, or belongs to another specification.</exception>
    /// <exception cref="TimeoutException">The broker does not take the request.</exception>
    public async Task<RunStatus> SubmitAsync(
        string text, string? runId, CancellationToken cancellationToken, string? folder = null)
    {
        var specification = RunSpecificationLoader.ParseSubmitted(text, "the submitted specification", roots, folder);
        var id = string.IsNullOrEmpty(runId) ? RunId.Create(specification.Name, time) : runId;
        var request = new PipelineRequested(id, specification, []);
        if (RunId.IsValid(id))
        {
            await repair.PrepareAsync(id, specification, cancellationToken);
        }

        await admission.AdmitAsync(request, cancellationToken);
        await requests.SubmitAsync(request, cancellationToken);
        await runs.ApplyAsync(request, cancellationToken);
        return (await runs.ReadAsync(id, cancellationToken))!;
    }

    public async Task<IReadOnlyList<RunStatus>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await runs.ListAsync(cancellationToken)).Select(workers.Describe)];

    public async Task<RunStatus?> FindAsync(string runId, CancellationToken cancellationToken) =>
        RunId.IsValid(runId) && await runs.ReadAsync(runId, cancellationToken) is { } status ? workers.Describe(status) : null;

    /// <summary>The run's status now and after every change, until it is final.</summary>
    public IAsyncEnumerable<RunStatus> WatchAsync(string runId, CancellationToken cancellationToken) =>
        runs.WatchAsync(runId, workers.Describe, cancellationToken);

    /// <summary>Cancels the run, or returns null where there is none. A run that ended stays as it is.</summary>
    public async Task<RunStatus?> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { IsFinal: false } status)
        {
            return await FindAsync(runId, cancellationToken);
        }

        var cancelled = new PipelineCancelled(status.RunId, "Cancelled on request.", time.GetUtcNow());
        await runs.CancelAsync(cancelled, cancellationToken);
        await requests.CancelAsync(cancelled, cancellationToken);
        return await FindAsync(runId, cancellationToken);
    }

    /// <summary>The run's files by readable name, with digest and size.</summary>
    public Task<IReadOnlyList<RunFile>> ListFilesAsync(RunStatus run, CancellationToken cancellationToken) =>
        files.ListAsync(run.RunId, run.Artifacts, cancellationToken);

    /// <summary>A file's verified content, or null where there is no such run or file.</summary>
    /// <exception cref="DamagedBlobException">The content is damaged or gone.</exception>
    /// <exception cref="ArtifactException">The name is not a file name.</exception>
    public async Task<RunFileContent?> OpenFileAsync(string runId, string name, CancellationToken cancellationToken) =>
        await FindAsync(runId, cancellationToken) is { } run
            ? await files.OpenAsync(runId, run.Artifacts, name, cancellationToken)
            : null;

    /// <summary>The run's verified lineage as newline-delimited JSON in UTF-8, or null where there is none yet.</summary>
    /// <exception cref="DamagedBlobException">It is damaged.</exception>
    public async Task<byte[]?> ReadLineageAsync(string runId, CancellationToken cancellationToken) =>
        RunId.IsValid(runId) ? (await blobs.ReadAsync(StorePaths.Lineage(runId), cancellationToken))?.Content : null;
}
