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

    /// <summary>The run's files by readable name, artifacts with digest and size.</summary>
    public async Task<IReadOnlyList<RunFileInfo>> ListFilesAsync(RunStatus run, CancellationToken cancellationToken)
    {
        var files = new List<RunFileInfo>();
        var artifacts = run.Artifacts.ToDictionary(artifact => artifact.Name);
        await foreach (var blob in blobs.ListAsync(StorePaths.RunFiles(run.RunId), cancellationToken))
        {
            var name = blob[(blob.LastIndexOf('/') + 1)..];
            var artifact = artifacts.GetValueOrDefault(name);
            files.Add(new RunFileInfo(name, artifact?.Sha256, artifact?.Size));
        }

        return files;
    }

    /// <summary>A file's content, or null where the run has none of that name.</summary>
    /// <exception cref="ArtifactException">The name is not a file name.</exception>
    public Task<Stream?> OpenFileAsync(string runId, string name, CancellationToken cancellationToken) =>
        blobs.OpenReadAsync(StorePaths.RunFile(runId, name), cancellationToken);

    /// <summary>The run's lineage as newline-delimited JSON, or null where there is none yet.</summary>
    public Task<Stream?> OpenLineageAsync(string runId, CancellationToken cancellationToken) =>
        blobs.OpenReadAsync(StorePaths.Lineage(runId), cancellationToken);
}

/// <summary>A file of a run. Reports have no digest: they hold times.</summary>
public sealed record RunFileInfo(string Name, string? Sha256, long? Size);
