namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// The little of a blob service that the pipeline stands on. Every write is atomic: a reader sees the whole old content or the
/// whole new one, whatever happens to the writer. Every blob is kept with the SHA-256 of what was written. Names are checked by
/// <see cref="BlobNames"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>A small blob, verified, with its entity tag; null where there is none.</summary>
    /// <exception cref="DamagedBlobException">The content is not what was written.</exception>
    Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>A blob's content for those who compare it with its digest before they use it; null where there is none.</summary>
    /// <exception cref="DamagedBlobException">The content is gone.</exception>
    Task<BlobContent?> OpenReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether there is a blob of that name now.</summary>
    Task<bool> ExistsAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes the blob, whose content has the given digest, unless it exists. False where it does.</summary>
    Task<bool> TryCreateAsync(string name, Stream content, string sha256, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the blob if it still has the entity tag, or with a null tag if it does not exist. False where someone else was first.
    /// </summary>
    Task<bool> TryWriteAsync(string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken);

    /// <summary>Writes the blob whatever was there.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes the source's content readable under a second name too, without moving it through this machine.</summary>
    Task CopyAsync(string source, string destination, CancellationToken cancellationToken);

    /// <summary>All blobs whose names start with the prefix, in ordinal order.</summary>
    IAsyncEnumerable<BlobEntry> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>The names of the folders directly below the prefix (which ends with a slash), without slashes.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes the blob if it exists.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Moves the blob to <c>quarantine/N/NAME</c>, for inspection, if it is still damaged: from then on there is none of its name.
    /// </summary>
    Task QuarantineAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the lease of that name, or returns null while someone else holds it. It is renewed until disposed and becomes free
    /// within seconds when its holder dies.
    /// </summary>
    Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken);

    /// <summary>The blob's own file where the store is a local folder; null otherwise. The file must not be written to.</summary>
    string? TryGetLocalPath(string name) => null;
}

/// <summary>A blob's content and the tag that identifies this version of it.</summary>
public sealed record StoredBlob(byte[] Content, string EntityTag);

/// <summary>A blob in a listing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Size of the content in bytes.</param>
public sealed record BlobEntry(string Name, long Size);

/// <summary>A blob's value and the tag that identifies this version of it.</summary>
public sealed record Versioned<T>(T Value, string EntityTag);

/// <summary>A held lease; disposing releases it.</summary>
public interface IBlobLease : IAsyncDisposable
{
    /// <summary>Cancelled when the lease went to someone else although it was being renewed.</summary>
    CancellationToken Lost { get; }
}
