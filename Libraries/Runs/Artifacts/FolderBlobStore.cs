using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// Blobs as files of a folder, shared safely by several processes. Content is written beside and renamed in, so a kill at any instant
/// leaves the old or the new content. A power failure may lose the last names written; then the stage that made them runs again.
/// An artifact's name is its digest. Any other blob NAME is a link to <c>.NAME@DIGEST</c> beside it, so that content and digest change
/// in one step; a plain file NAME is one of a version that kept no digests.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private readonly string _root;
    private readonly FolderLocks _locks;
    private readonly TemporaryFiles _temporary;
    private readonly ILogger _logger;

    /// <summary>Opens the store, creating the folder where there is none.</summary>
    public FolderBlobStore(string folder, ILogger<FolderBlobStore>? logger = null)
    {
        _root = Path.GetFullPath(folder);
        _logger = logger ?? NullLogger<FolderBlobStore>.Instance;
        _temporary = new TemporaryFiles(Path.Combine(_root, ".tmp"));
        _locks = new FolderLocks(Path.Combine(_root, ".locks"));
    }

    /// <inheritdoc/>
    public async Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await OpenReadAsync(name, cancellationToken);
        if (blob is null)
        {
            return null;
        }

        var content = new byte[blob.Stream.Length];
        await blob.Stream.ReadExactlyAsync(content, cancellationToken);
        var sha256 = Digests.Of(content);
        return blob.Sha256 is null || blob.Sha256 == sha256
            ? new StoredBlob(content, sha256)
            : throw new DamagedBlobException(name, blob.Sha256);
    }

    /// <inheritdoc/>
    public Task<BlobContent?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        for (string? last = null; ;)
        {
            var target = NamedContent.TargetOf(path);
            try
            {
                var file = new FileStream(
                    target is null ? path : Path.Combine(Path.GetDirectoryName(path)!, target),
                    FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);
                if (target is not null || NamedContent.TargetOf(path) is null)
                {
                    return Task.FromResult<BlobContent?>(new BlobContent(file, StorePaths.DigestOf(name) ?? NamedContent.DigestIn(target)));
                }

                // The link has appeared in between.
                file.Dispose();
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                if (target is null)
                {
                    return Task.FromResult<BlobContent?>(null);
                }

                // A writer removes the old content once the link points to the new one.
                last = target != last ? target : throw new DamagedBlobException(name, NamedContent.DigestIn(target));
            }
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => Task.FromResult(File.Exists(PathOf(name)));

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string name, Stream content, string sha256, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        if (File.Exists(path))
        {
            return false;
        }

        var temporary = await _temporary.WriteAsync(content, cancellationToken);
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
        using var held = await _locks.LockAsync(name, cancellationToken);
        if (entityTag is null ? File.Exists(PathOf(name)) : (await ReadAsync(name, cancellationToken))?.EntityTag != entityTag)
        {
            return false;
        }

        await ReplaceAsync(name, content, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var held = await _locks.LockAsync(name, cancellationToken);
        await ReplaceAsync(name, content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task CopyAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var path = PathOf(destination);
        _temporary.Link(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, PathOf(source)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = Path.Combine(_root, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        var names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_root, path))
            .Where(name => !IsHidden(name) && name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = new FileInfo(Path.Combine(_root, name));
            yield return new BlobEntry(name, file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
                ? target.Exists ? target.Length : 0
                : file.Length);
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
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        using var held = await _locks.LockAsync(name, cancellationToken);
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
            NamedContent.Delete(path, except: null);
        }
    }

    /// <inheritdoc/>
    public async Task QuarantineAsync(string name, CancellationToken cancellationToken)
    {
        using var held = await _locks.LockAsync(name, cancellationToken);
        if (await this.CheckAsync(name, cancellationToken) != BlobState.Damaged)
        {
            return;
        }

        var path = PathOf(name);
        var target = NamedContent.TargetOf(path);
        var place = await this.FindQuarantineAsync(name, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(place))!);
        if (target is null)
        {
            File.Move(path, PathOf(place));
        }
        else
        {
            // A copy: the artifact that a run's file is a link to is another blob, put aside by whoever makes it anew.
            var content = Path.Combine(Path.GetDirectoryName(path)!, target);
            if (File.Exists(content))
            {
                File.Copy(content, PathOf(place));
            }

            File.Delete(path);
            NamedContent.Delete(path, except: null);
        }

        _logger.LogQuarantined(name, place);
    }

    /// <inheritdoc/>
    public Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_locks.TryLease(name));

    /// <inheritdoc/>
    public string? TryGetLocalPath(string name)
    {
        var path = PathOf(name);
        return File.Exists(path) ? path : null;
    }

    private static bool IsHidden(string name) => name[0] == '.' || name.Contains("/.", StringComparison.Ordinal);

    private string PathOf(string name) => Path.Combine(_root, BlobNames.Blob(name));

    private async Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        var file = NamedContent.Of(path, Digests.Of(content.Span));
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        var temporary = await _temporary.WriteAsync(stream, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(temporary, Path.Combine(Path.GetDirectoryName(path)!, file), overwrite: true);
        _temporary.Link(path, file);
        NamedContent.Delete(path, except: file);
    }
}
