using System.Globalization;
using System.IO.Enumeration;
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
    /// <param name="paths">Files and folders.</param>
    /// <param name="onLink">Called with the path of every link in a folder before it is followed; what it throws ends the listing.</param>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    public static string Of(IEnumerable<string> paths, Action<string> onLink)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var file in FilesOf(path, onLink))
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}\n");
                hash.AppendData(Encoding.UTF8.GetBytes(line));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<FileInfo> FilesOf(string path, Action<string> onLink) => path switch
    {
        _ when File.Exists(path) => [new FileInfo(path)],
        _ when Directory.Exists(path) => FilesIn(path, onLink).OrderBy(file => file.FullName, StringComparer.Ordinal),
        _ => throw new FileNotFoundException($"{path}: no such file or folder.", path),
    };

    private static FileSystemEnumerable<FileInfo> FilesIn(string folder, Action<string> onLink)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        return new(folder, (ref entry) => (FileInfo)entry.ToFileSystemInfo(), everything)
        {
            // Asked for folders as well, before what is in them is listed.
            ShouldIncludePredicate = (ref entry) =>
            {
                if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    onLink(entry.ToFullPath());
                }

                return !entry.IsDirectory;
            },
        };
    }
}
