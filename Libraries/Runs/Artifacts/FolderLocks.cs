using System.Security.Cryptography;
using System.Text;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Locks between the processes that share a folder store, each a file in a folder of its own.</summary>
internal sealed class FolderLocks
{
    private const int Stripes = 64;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;

    public FolderLocks(string folder) => _folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>Waits for the right to change the blob. A lock is shared by many blobs.</summary>
    public async Task<FileLock> LockAsync(string name, CancellationToken cancellationToken)
    {
        var stripe = SHA256.HashData(Encoding.UTF8.GetBytes(BlobNames.Blob(name)))[0] % Stripes;
        while (true)
        {
            if (TryTake($"write-{stripe}") is { } held)
            {
                return held;
            }

            await Task.Delay(Retry, cancellationToken);
        }
    }

    /// <summary>Takes the lease of that name, or null where someone has it.</summary>
    public IBlobLease? TryLease(string name) =>
        TryTake("lease-" + Digests.Of(Encoding.UTF8.GetBytes(BlobNames.Blob(name)))) is { } held ? new FileLease(held) : null;

    private FileLock? TryTake(string name) => FileLock.TryTake(Path.Combine(_folder, name));

    /// <summary>A lease is never lost: nobody can take a lock from a living process.</summary>
    private sealed class FileLease(FileLock held) : IBlobLease
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
