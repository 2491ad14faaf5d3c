using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>Adds to a complete run what was found out about it afterwards, and writes its report anew.</summary>
public sealed class RunSupplement(IBlobStore blobs, ArtifactStore artifacts, RunFolder runs, RunReportWriter reports)
{
    /// <summary>The complete run as reports see it.</summary>
    /// <exception cref="StageInputException">There is no such run, or it is not complete.</exception>
    public async Task<RunReportContext> OpenAsync(string runId, CancellationToken cancellationToken)
    {
        var specification = await runs.ReadSpecificationAsync(runId, cancellationToken)
            ?? throw new StageInputException($"The store has no run '{runId}'; 'qat runs' lists those of the running system.");
        var completion = await runs.ReadCompletionAsync(runId, cancellationToken)
            ?? throw new StageInputException($"The run '{runId}' is not complete: submit it again, then add to it.");
        return await reports.ReadAsync(new RunContext(runId, specification), completion.Event.Artifacts, cancellationToken);
    }

    /// <summary>Keeps the files with the run, in place of those of the same names, and writes its report with them.</summary>
    /// <param name="run">What <see cref="OpenAsync"/> gave.</param>
    /// <param name="files">Path by readable name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AddAsync(RunReportContext run, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var runId = run.Run.RunId;
        var added = new List<ArtifactReference>();
        foreach (var (name, path) in files)
        {
            var artifact = await artifacts.PutAsync(name, path, cancellationToken);
            await blobs.CopyAsync(StorePaths.Artifact(artifact.Sha256), StorePaths.RunFile(runId, name), cancellationToken);
            added.Add(artifact);
        }

        var all = ArtifactList.Accumulate(run.Artifacts, added);
        var written = await reports.WriteAsync(await reports.ReadAsync(run.Run, all, cancellationToken), cancellationToken);
        await blobs.UpdateJsonAsync<RunCompletion>(
            StorePaths.Completed(runId),
            completion => completion! with
            {
                Event = completion.Event with { Artifacts = all },
                Files = ArtifactList.Accumulate(completion.Files ?? [], [.. added, .. written]),
            },
            cancellationToken);
    }
}
