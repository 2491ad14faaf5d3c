using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QatPipeline.Stages.Datasets;

/// <summary>
/// A cheap fingerprint of files and folders: names, lengths and times of last writing. It decides only whether content is read again;
/// what identifies content is its SHA-256.
/// </summary>
internal static class FileFingerprint
{
    /// <summary>Lower-case hex SHA-256 over the listing, in ordinal order of names.</summary>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    public static string Of(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var file in FilesOf(path))
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}\n");
                hash.AppendData(Encoding.UTF8.GetBytes(line));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<FileInfo> FilesOf(string path) => path switch
    {
        _ when File.Exists(path) => [new FileInfo(path)],
        _ when Directory.Exists(path) => new DirectoryInfo(path)
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .OrderBy(file => file.FullName, StringComparer.Ordinal),
        _ => throw new FileNotFoundException($"{path}: no such file or folder.", path),
    };
}
