using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Runs;

/// <summary>What HTTP and gRPC offer alike.</summary>
internal sealed class RunOperations(
    RunRequests requests,
    RunStatusStore runs,
    RunFolder folder,
    RunFileStore files,
    RunRepair repair,
    IBlobStore blobs,
    TimeProvider time)
{
    /// <summary>Reads the specification and asks for the run.</summary>
    /// <param name="text">The specification.</param>
    /// <param name="runId">The run's id, or nothing to have one made.</param>
    /// <param name="cancellationToken">Ends the wait for the broker.</param>
    /// <param name="folder">The folder that relative paths start at; without one, paths must be absolute.</param>
    /// <exception cref="SpecificationException">The text is not a valid specification.</exception>
    /// <exception cref="StageInputException">The run id is invalid, or belongs to another specification.</exception>
    /// <exception cref="TimeoutException">The broker does not take the request.</exception>
    public async Task<RunStatus> SubmitAsync(
        string text, string? runId, CancellationToken cancellationToken, string? folder = null)
    {
        var specification = RunSpecificationLoader.ParseSubmitted(text, "the submitted specification", folder);
        var id = string.IsNullOrEmpty(runId) ? RunId.Create(specification.Name, time) : runId;
        var request = new PipelineRequested(id, specification, []);
        if (RunId.IsValid(id))
        {
            await repair.PrepareAsync(id, specification, cancellationToken);
        }

        await RequireSameAsync(request, cancellationToken);
        await requests.SubmitAsync(request, cancellationToken);
        await runs.ApplyAsync(request, cancellationToken);
        return (await runs.ReadAsync(id, cancellationToken))!;
    }

    public Task<IReadOnlyList<RunStatus>> ListAsync(CancellationToken cancellationToken) => runs.ListAsync(cancellationToken);

    public Task<RunStatus?> FindAsync(string runId, CancellationToken cancellationToken) =>
        RunId.IsValid(runId) ? runs.ReadAsync(runId, cancellationToken) : Task.FromResult<RunStatus?>(null);

    /// <summary>The run's status now and after every change, until it is final.</summary>
    public IAsyncEnumerable<RunStatus> WatchAsync(string runId, CancellationToken cancellationToken) =>
        runs.WatchAsync(runId, cancellationToken);

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

    // The same request twice is one run; another one must not mix with it.
    private async Task RequireSameAsync(PipelineRequested request, CancellationToken cancellationToken)
    {
        if (RunId.IsValid(request.RunId)
            && await folder.ReadSpecificationAsync(request.RunId, cancellationToken) is { } known
            && CanonicalJson.Of(known) != CanonicalJson.Of(request.Specification))
        {
            throw new StageInputException(
                $"There is a run '{request.RunId}' with another specification: choose another run id, or leave it out to get a new one.");
        }
    }
}
