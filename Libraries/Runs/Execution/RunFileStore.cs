using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>A run's files by readable name, as they may leave the store: verified, before the first byte is handed out.</summary>
public sealed class RunFileStore(IBlobStore blobs, ArtifactStore artifacts)
{
    /// <summary>Names, digests and sizes of the run's files.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="known">The artifacts that the run has; every other file is one of its report.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<RunFile>> ListAsync(
        string runId, IReadOnlyList<ArtifactReference> known, CancellationToken cancellationToken)
    {
        var completion = await blobs.TryReadJsonAsync<RunCompletion>(StorePaths.Completed(runId), cancellationToken);
        var digests = ArtifactList.Accumulate(known, completion?.Files ?? []).ToDictionary(file => file.Name, file => file.Sha256);
        var files = new List<RunFile>();
        await foreach (var blob in blobs.ListAsync(StorePaths.RunFiles(runId), cancellationToken))
        {
            var name = blob.Name[(blob.Name.LastIndexOf('/') + 1)..];
            files.Add(new RunFile(name, digests.GetValueOrDefault(name), blob.Size));
        }

        return files;
    }

    /// <summary>A file's verified content, or null where the run has none of that name.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="known">The artifacts that the run has; every other file is one of its report.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DamagedBlobException">The content is damaged or gone.</exception>
    /// <exception cref="ArtifactException">The name is not a file name.</exception>
    public async Task<RunFileContent?> OpenAsync(
        string runId, IReadOnlyList<ArtifactReference> known, string name, CancellationToken cancellationToken)
    {
        var blob = StorePaths.RunFile(runId, name);
        if (known.FirstOrDefault(artifact => artifact.Name == name) is { } file)
        {
            return await blobs.ExistsAsync(StorePaths.Artifact(file.Sha256), cancellationToken)
                ? new RunFileContent(File.OpenRead(await artifacts.FetchAsync(file, cancellationToken)), file.Sha256)
                : throw new DamagedBlobException(StorePaths.Artifact(file.Sha256), file.Sha256, name);
        }

        // A report is small.
        return await blobs.ReadAsync(blob, cancellationToken) is { } report
            ? new RunFileContent(new MemoryStream(report.Content, writable: false), Digests.Of(report.Content))
            : null;
    }
}

/// <summary>A file of a run.</summary>
/// <param name="Name">Its readable name.</param>
/// <param name="Sha256">Digest of its content; null for a report of a version that kept none.</param>
/// <param name="Size">Size in bytes.</param>
public sealed record RunFile(string Name, string? Sha256, long Size);

/// <summary>A file's verified content.</summary>
/// <param name="Stream">The content; whoever asked for it disposes it.</param>
/// <param name="Sha256">Its digest.</param>
public sealed record RunFileContent(Stream Stream, string Sha256);
