using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// Blobs of one container of Azure Blob Storage or Azurite, each with its digest as metadata. The container is created on first use.
/// </summary>
public sealed class AzureBlobStore(BlobContainerClient container, TimeProvider time, ILogger<AzureBlobStore>? logger = null) : IBlobStore
{
    private const string DigestKey = "sha256";

    private static readonly TimeSpan CopyPoll = TimeSpan.FromMilliseconds(200);
    private static readonly BlobRequestConditions IfAbsent = new() { IfNoneMatch = ETag.All };

    private volatile bool _containerExists;

    /// <inheritdoc/>
    public async Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var response = await Client(name).DownloadContentAsync(cancellationToken);
            var (content, details) = (response.Value.Content.ToArray(), response.Value.Details);
            return DigestOf(name, details.Metadata) is { } sha256 && Digests.Of(content) != sha256
                ? throw new DamagedBlobException(name, sha256)
                : new StoredBlob(content, details.ETag.ToString());
        }
        catch (RequestFailedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<BlobContent?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var blob = (await Client(name).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            return new BlobContent(blob.Content, DigestOf(name, blob.Details.Metadata), blob.Details.ETag.ToString());
        }
        catch (RequestFailedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        await Client(name).ExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string name, Stream content, string sha256, CancellationToken cancellationToken) =>
        !await ExistsAsync(name, cancellationToken) && await TryUploadAsync(name, content, sha256, IfAbsent, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(
        string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken)
    {
        var condition = entityTag is null ? IfAbsent : new BlobRequestConditions { IfMatch = new ETag(entityTag) };
        return await TryUploadAsync(name, content, condition, cancellationToken);
    }

    /// <inheritdoc/>
    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        TryUploadAsync(name, content, null, cancellationToken);

    /// <inheritdoc/>
    public Task CopyAsync(string source, string destination, CancellationToken cancellationToken) =>
        CopyAsync(source, destination, new BlobCopyFromUriOptions(), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        await foreach (var item in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            yield return new BlobEntry(item.Name, item.Properties.ContentLength ?? 0);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        await foreach (var item in container.GetBlobsByHierarchyAsync(
            BlobTraits.None, BlobStates.None, "/", prefix, cancellationToken))
        {
            if (item.IsPrefix)
            {
                yield return item.Prefix[prefix.Length..].TrimEnd('/');
            }
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        await Client(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async Task QuarantineAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await OpenReadAsync(name, cancellationToken);
        if (blob is null || await blob.CheckAsync(cancellationToken) != BlobState.Damaged)
        {
            return;
        }

        // Only the version that was found damaged: another worker may have made the blob anew since.
        var damaged = new BlobRequestConditions { IfMatch = new ETag(blob.EntityTag!) };
        var place = await this.FindQuarantineAsync(name, cancellationToken);
        try
        {
            await CopyAsync(name, place, new BlobCopyFromUriOptions { SourceConditions = damaged }, cancellationToken);
            await Client(name).DeleteIfExistsAsync(conditions: damaged, cancellationToken: cancellationToken);
            (logger ?? NullLogger<AzureBlobStore>.Instance).LogQuarantined(name, place);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            // Someone else was faster.
        }
    }

    /// <inheritdoc/>
    public async Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken)
    {
        var client = Client(name);
        await TryWriteAsync(name, ReadOnlyMemory<byte>.Empty, null, cancellationToken);
        var lease = client.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(AzureBlobLease.Duration, cancellationToken: cancellationToken);
            return new AzureBlobLease(lease, time);
        }
        catch (RequestFailedException exception) when (exception.Status == 409)
        {
            return null;
        }
    }

    // A missing container answers 404 as well; a lost race answers 412, or 409 when the blob appeared or is leased.
    private static bool IsMissing(RequestFailedException exception) => exception.Status == 404;

    private static string? DigestOf(string name, IDictionary<string, string> metadata) =>
        StorePaths.DigestOf(name) ?? (metadata.TryGetValue(DigestKey, out var sha256) ? sha256 : null);

    // Asked of the blob: an operation of the library has no end once a second worker's copy to the same name has overtaken it.
    private async Task CopyAsync(string source, string destination, BlobCopyFromUriOptions options, CancellationToken cancellationToken)
    {
        var copy = Client(destination);
        await copy.StartCopyFromUriAsync(Client(source).Uri, options, cancellationToken);
        while (true)
        {
            var properties = (await copy.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            switch (properties.BlobCopyStatus)
            {
                case CopyStatus.Success or null:
                    return;
                case CopyStatus.Pending:
                    await Task.Delay(CopyPoll, time, cancellationToken);
                    break;
                default:
                    throw new IOException(
                        $"The storage did not copy '{source}' to '{destination}': {properties.CopyStatusDescription}.");
            }
        }
    }

    private BlobClient Client(string name) => container.GetBlobClient(BlobNames.Blob(name));

    private async Task<bool> TryUploadAsync(
        string name, ReadOnlyMemory<byte> content, BlobRequestConditions? condition, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return await TryUploadAsync(name, stream, Digests.Of(content.Span), condition, cancellationToken);
    }

    private async Task<bool> TryUploadAsync(
        string name, Stream content, string sha256, BlobRequestConditions? condition, CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        try
        {
            var metadata = new Dictionary<string, string> { [DigestKey] = sha256 };
            await Client(name).UploadAsync(
                content, new BlobUploadOptions { Conditions = condition, Metadata = metadata }, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (condition is not null && exception.Status is (409 or 412))
        {
            return false;
        }
    }

    private async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (!_containerExists)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            _containerExists = true;
        }
    }
}
