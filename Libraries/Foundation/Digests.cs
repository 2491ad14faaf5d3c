using System.Security.Cryptography;

namespace QatPipeline.Foundation;

/// <summary>SHA-256 in lower-case hexadecimal, the name of every content.</summary>
public static class Digests
{
    /// <summary>The digest of the bytes: 64 characters.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The digest of a file's content, which is read once and never held whole.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 18, useAsync: true);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
    }
}
