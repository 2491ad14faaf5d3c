using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Content-addressed artifacts in a blob store: written once under their digest, verified whenever they are read.</summary>
public sealed class ArtifactStore(IBlobStore blobs, ArtifactCache cache)
{
    /// <summary>Stores the file's content, if the store does not have it yet, undamaged.</summary>
    public async Task<ArtifactReference> PutAsync(string name, string path, CancellationToken cancellationToken)
    {
        var sha256 = await Digests.OfFileAsync(path, cancellationToken);
        var artifact = new ArtifactReference(BlobNames.FileName(name), sha256, new FileInfo(path).Length);
        await using var file = File.OpenRead(path);
        while (!await blobs.TryCreateAsync(StorePaths.Artifact(sha256), file, sha256, cancellationToken)
            && !await IsSoundAsync(artifact, cancellationToken))
        {
            file.Position = 0;
        }

        return artifact;
    }

    /// <summary>
    /// Whether the store has the artifact's content, which is read and compared with the digest. What is damaged is put aside, so that it
    /// can be stored anew.
    /// </summary>
    public async Task<bool> IsSoundAsync(ArtifactReference artifact, CancellationToken cancellationToken)
    {
        var name = StorePaths.Artifact(artifact.Sha256);
        var state = await blobs.CheckAsync(name, cancellationToken);
        if (state == BlobState.Damaged)
        {
            await blobs.QuarantineAsync(name, cancellationToken);
        }

        return state == BlobState.Sound;
    }

    /// <summary>A local file with the artifact's verified content. It is shared: read only.</summary>
    /// <exception cref="DamagedBlobException">What the store has is damaged.</exception>
    /// <exception cref="ArtifactException">The store does not have the artifact.</exception>
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

        await using var blob = await blobs.OpenReadAsync(name, cancellationToken) ?? throw new ArtifactException(
            $"The store has no artifact '{artifact.Name}' with the digest {artifact.Sha256}: submit the run again, and the stage that "
            + "makes it makes it anew; if no stage of the run does, put it into the store again.");
        return await cache.TryAddAsync(artifact.Sha256, blob.Stream, cancellationToken) ?? throw Damaged(artifact);
    }

    private static DamagedBlobException Damaged(ArtifactReference artifact) =>
        new(StorePaths.Artifact(artifact.Sha256), artifact.Sha256, artifact.Name);
}
