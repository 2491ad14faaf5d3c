using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>Checkpoints of one stage key in the blob store.</summary>
internal sealed class CheckpointStore(IBlobStore blobs, string key) : ICheckpointStore
{
    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        blobs.WriteAsync(StorePaths.Checkpoint(key, name), content, cancellationToken);

    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) =>
        (await blobs.ReadAsync(StorePaths.Checkpoint(key, name), cancellationToken))?.Content;

    public async Task DeleteAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var name in blobs.ListAsync(StorePaths.Checkpoints(key), cancellationToken))
        {
            await blobs.DeleteAsync(name, cancellationToken);
        }
    }
}
