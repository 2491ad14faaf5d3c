using System.Security.Cryptography;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// Local copies of artifacts, by digest. The least recently used go when the folder outgrows its limit, but none that a process has open.
/// Several processes may share the folder.
/// </summary>
public sealed class ArtifactCache(string folder, long maximumBytes, TimeProvider time)
{
    // Between the check of a copy and its opening.
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(1);

    /// <summary>The local file of the digest, if it is there and undamaged.</summary>
    internal async Task<string?> TryGetAsync(string sha256, CancellationToken cancellationToken)
    {
        var path = PathOf(sha256);
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            await using (var file = File.OpenRead(path))
            {
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) == sha256)
                {
                    return path;
                }
            }

            File.Delete(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was never there, or another process has just dropped it.
        }

        return null;
    }

    /// <summary>Stores the content under its digest, or returns null where it has another one.</summary>
    internal async Task<string?> TryAddAsync(string sha256, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        try
        {
            await AtomicFile.WriteAsync(PathOf(sha256), CopyVerifiedAsync, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        try
        {
            Trim();
        }
        catch (FileNotFoundException)
        {
            // Another process trims the folder at the same time.
        }

        return PathOf(sha256);

        async Task CopyVerifiedAsync(Stream file, CancellationToken token)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 18];
            for (int read; (read = await content.ReadAsync(buffer, token)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), token);
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
            {
                throw new InvalidDataException();
            }
        }
    }

    private string PathOf(string sha256) => Path.Combine(folder, BlobNames.Digest(sha256));

    private void Trim()
    {
        var files = new DirectoryInfo(folder).GetFiles().OrderBy(file => file.LastWriteTimeUtc).ToList();
        var excess = files.Sum(file => file.Length) - maximumBytes;
        var limit = time.GetUtcNow().UtcDateTime - InUse;
        foreach (var file in files.TakeWhile(file => excess > 0 && file.LastWriteTimeUtc < limit))
        {
            if (TryDelete(file.FullName))
            {
                excess -= file.Length;
            }
        }
    }

    // The lock is refused while a reader, here or in another process, has the file open.
    private static bool TryDelete(string path)
    {
        using var unused = FileLock.TryTake(path);
        if (unused is not null)
        {
            File.Delete(path);
        }

        return unused is not null;
    }
}
