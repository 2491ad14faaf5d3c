using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Blobs of one container of Azure Blob Storage or Azurite. The container is created on first use.</summary>
public sealed class AzureBlobStore(BlobContainerClient container, TimeProvider time) : IBlobStore
{
    private static readonly BlobRequestConditions IfAbsent = new() { IfNoneMatch = ETag.All };

    private volatile bool _containerExists;

    /// <inheritdoc/>
    public async Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var response = await Client(name).DownloadContentAsync(cancellationToken);
            return new StoredBlob(response.Value.Content.ToArray(), response.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Client(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
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
    public async Task<bool> TryCreateAsync(string name, Stream content, CancellationToken cancellationToken) =>
        !await ExistsAsync(name, cancellationToken) && await TryUploadAsync(name, content, IfAbsent, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(
        string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken)
    {
        var condition = entityTag is null ? IfAbsent : new BlobRequestConditions { IfMatch = new ETag(entityTag) };
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return await TryUploadAsync(name, stream, condition, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        await Client(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CopyAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var operation = await Client(destination).StartCopyFromUriAsync(Client(source).Uri, cancellationToken: cancellationToken);
        await operation.WaitForCompletionAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        await foreach (var item in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            yield return item.Name;
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

    private BlobClient Client(string name) => container.GetBlobClient(BlobNames.Blob(name));

    private async Task<bool> TryUploadAsync(
        string name, Stream content, BlobRequestConditions condition, CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        try
        {
            await Client(name).UploadAsync(content, new BlobUploadOptions { Conditions = condition }, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
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
