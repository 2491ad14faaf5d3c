namespace QatPipeline.Runs.Artifacts;

/// <summary>The files <c>.NAME@DIGEST</c> beside a blob NAME of a folder, which is a link to one of them.</summary>
internal static class NamedContent
{
    /// <summary>The file's name for the blob at the path, with content of that digest.</summary>
    public static string Of(string path, string sha256) => $".{Path.GetFileName(path)}@{sha256}";

    /// <summary>What the blob at the path is a link to; null where it is none.</summary>
    public static string? TargetOf(string path) => new FileInfo(path).LinkTarget;

    /// <summary>The digest that a link's target, content or artifact, says in its name.</summary>
    public static string? DigestIn(string? target) =>
        target?[(target.LastIndexOfAny(['@', '/']) + 1)..] is { } digest && BlobNames.IsDigest(digest) ? digest : null;

    /// <summary>
    /// Deletes the blob's contents, but for one. A kill between a write and this leaves a file that the next write of the blob deletes.
    /// </summary>
    public static void Delete(string path, string? except)
    {
        foreach (var content in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Of(path, "*")))
        {
            if (Path.GetFileName(content) != except)
            {
                File.Delete(content);
            }
        }
    }
}
