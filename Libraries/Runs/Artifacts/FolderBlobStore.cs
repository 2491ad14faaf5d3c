using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// Blobs as files of a folder, shared safely by several processes. Content is written beside and renamed in, so a kill at any instant
/// leaves the old or the new content. A power failure may lose the last names written; then the stage that made them runs again.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string TemporaryFolder = ".tmp";
    private const string LockFolder = ".locks";
    private const int LockStripes = 64;
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    private readonly string _root;

    /// <summary>Opens the store, creating the folder where there is none.</summary>
    public FolderBlobStore(string folder)
    {
        _root = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(_root, TemporaryFolder));
        Directory.CreateDirectory(Path.Combine(_root, LockFolder));
        DeleteAbandonedFiles();
    }

    /// <inheritdoc/>
    public async Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
            return new StoredBlob(content, Digests.Of(content));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => Task.FromResult(File.Exists(PathOf(name)));

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        if (File.Exists(path))
        {
            return false;
        }

        var temporary = await WriteTemporaryAsync(content, cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(
        string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken)
    {
        using var held = await LockAsync(name, cancellationToken);
        var current = await ReadAsync(name, cancellationToken);
        if (current?.EntityTag != entityTag)
        {
            return false;
        }

        await ReplaceAsync(name, content, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var held = await LockAsync(name, cancellationToken);
        await ReplaceAsync(name, content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task CopyAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var path = PathOf(destination);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = NewTemporaryPath();
        File.CreateSymbolicLink(temporary, Path.GetRelativePath(folder, PathOf(source)));
        File.Move(temporary, path, overwrite: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = Path.Combine(_root, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        var names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_root, path))
            .Where(name => name[0] != '.' && name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = new DirectoryInfo(Path.Combine(_root, prefix));
        if (!folder.Exists)
        {
            yield break;
        }

        foreach (var name in folder.EnumerateDirectories().Select(child => child.Name).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IBlobLease?>(
            TryLock("lease-" + Digests.Of(Encoding.UTF8.GetBytes(BlobNames.Blob(name)))) is { } held ? new FileLease(held) : null);

    /// <inheritdoc/>
    public string? TryGetLocalPath(string name)
    {
        var path = PathOf(name);
        return File.Exists(path) ? path : null;
    }

    private string PathOf(string name) => Path.Combine(_root, BlobNames.Blob(name));

    private string NewTemporaryPath() => Path.Combine(_root, TemporaryFolder, Guid.NewGuid().ToString("N"));

    private async Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        var temporary = await WriteTemporaryAsync(stream, cancellationToken);
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(temporary, path, overwrite: true);
    }

    private async Task<string> WriteTemporaryAsync(Stream content, CancellationToken cancellationToken)
    {
        var temporary = NewTemporaryPath();
        try
        {
            await using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
            await content.CopyToAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private FileLock? TryLock(string name) => FileLock.TryTake(Path.Combine(_root, LockFolder, name));

    private async Task<FileLock> LockAsync(string name, CancellationToken cancellationToken)
    {
        var stripe = SHA256.HashData(Encoding.UTF8.GetBytes(BlobNames.Blob(name)))[0] % LockStripes;
        while (true)
        {
            if (TryLock($"write-{stripe}") is { } held)
            {
                return held;
            }

            await Task.Delay(LockRetry, cancellationToken);
        }
    }

    private void DeleteAbandonedFiles()
    {
        var yesterday = DateTime.UtcNow.AddDays(-1);
        foreach (var file in new DirectoryInfo(Path.Combine(_root, TemporaryFolder)).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < yesterday)
            {
                file.Delete();
            }
        }
    }

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
