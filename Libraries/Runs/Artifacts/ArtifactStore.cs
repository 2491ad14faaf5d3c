using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Content-addressed artifacts in a blob store: written once under their digest, verified whenever they are read.</summary>
public sealed class ArtifactStore(IBlobStore blobs, ArtifactCache cache)
{
    /// <summary>Stores the file's content, if the store does not have it yet.</summary>
    public async Task<ArtifactReference> PutAsync(string name, string path, CancellationToken cancellationToken)
    {
        var sha256 = await Digests.OfFileAsync(path, cancellationToken);
        await using var file = File.OpenRead(path);
        await blobs.TryCreateAsync(StorePaths.Artifact(sha256), file, cancellationToken);
        return new ArtifactReference(BlobNames.FileName(name), sha256, file.Length);
    }

    /// <summary>Whether the store has content under the artifact's digest; the content is not verified.</summary>
    public Task<bool> ExistsAsync(ArtifactReference artifact, CancellationToken cancellationToken) =>
        blobs.ExistsAsync(StorePaths.Artifact(artifact.Sha256), cancellationToken);

    /// <summary>A local file with the artifact's verified content. It is shared: read only.</summary>
    /// <exception cref="ArtifactException">The store does not have the artifact, or what it has is damaged.</exception>
    public async Task<string> FetchAsync(ArtifactReference artifact, CancellationToken cancellationToken)
    {
        var name = StorePaths.Artifact(artifact.Sha256);
        if (blobs.TryGetLocalPath(name) is { } local)
        {
            return await Digests.OfFileAsync(local, cancellationToken) == artifact.Sha256 ? local : throw Damaged(artifact);
        }

        if (await cache.TryGetAsync(artifact.Sha256, cancellationToken) is { } cached)
        {
            return cached;
        }

        await using var content = await OpenAsync(artifact, cancellationToken);
        return await cache.TryAddAsync(artifact.Sha256, content, cancellationToken) ?? throw Damaged(artifact);
    }

    /// <summary>The artifact's content as it is stored, for passing on; who receives it verifies it by the digest.</summary>
    /// <exception cref="ArtifactException">The store does not have the artifact.</exception>
    public async Task<Stream> OpenAsync(ArtifactReference artifact, CancellationToken cancellationToken) =>
        await blobs.OpenReadAsync(StorePaths.Artifact(artifact.Sha256), cancellationToken)
            ?? throw new ArtifactException(
                $"The store has no artifact with the digest {artifact.Sha256} ('{artifact.Name}'): "
                + "check the digest, or run the stage that makes it again.");

    private static ArtifactException Damaged(ArtifactReference artifact) => new(
        $"The stored content of '{artifact.Name}' does not have its digest {artifact.Sha256}: "
        + $"delete the blob {StorePaths.Artifact(artifact.Sha256)} and submit the run again; the stage then makes it anew.");
}
