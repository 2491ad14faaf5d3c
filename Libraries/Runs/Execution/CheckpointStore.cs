using Microsoft.Extensions.Logging;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>Checkpoints of one stage key in the blob store.</summary>
internal sealed partial class CheckpointStore(IBlobStore blobs, string key, ILogger logger) : ICheckpointStore
{
    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        blobs.WriteAsync(StorePaths.Checkpoint(key, name), content, cancellationToken);

    // Without its checkpoint the work starts over, which takes time and gives the same bits.
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var blob = StorePaths.Checkpoint(key, name);
        try
        {
            return (await blobs.ReadAsync(blob, cancellationToken))?.Content;
        }
        catch (DamagedBlobException)
        {
            LogDamaged(blob);
            await blobs.QuarantineAsync(blob, cancellationToken);
            return null;
        }
    }

    public async Task DeleteAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var blob in blobs.ListAsync(StorePaths.Checkpoints(key), cancellationToken))
        {
            await blobs.DeleteAsync(blob.Name, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The checkpoint {Name} is damaged: the stage starts this part of its work over")]
    private partial void LogDamaged(string name);
}
