using System.Security.Cryptography;

namespace QatPipeline.Runs.Artifacts;

/// <summary>A blob's content as it is stored, not verified, with the digest it was written with.</summary>
/// <param name="Stream">One version of the content.</param>
/// <param name="Sha256">The digest of what was written; null in blobs of versions that kept none.</param>
/// <param name="EntityTag">Identifies this version; null where only its digest does.</param>
public sealed record BlobContent(Stream Stream, string? Sha256, string? EntityTag = null) : IAsyncDisposable
{
    /// <summary>Compares the content with its digest, in bounded memory.</summary>
    public async Task<BlobState> CheckAsync(CancellationToken cancellationToken) =>
        Sha256 is null ? BlobState.Unknown
        : Convert.ToHexStringLower(await SHA256.HashDataAsync(Stream, cancellationToken)) == Sha256 ? BlobState.Sound
        : BlobState.Damaged;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>What a check of a blob finds.</summary>
public enum BlobState
{
    /// <summary>There is no blob of that name.</summary>
    Missing,

    /// <summary>It has the digest it was written with.</summary>
    Sound,

    /// <summary>A version of this program wrote it that kept no digest of it.</summary>
    Unknown,

    /// <summary>It is not what was written.</summary>
    Damaged,
}
