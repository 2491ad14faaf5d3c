namespace QatPipeline.Runs.Artifacts;

/// <summary>Files that are written whole before they get their name, in a folder of the same file system.</summary>
internal sealed class TemporaryFiles
{
    // What is older was left by a killed writer.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);

    private readonly string _folder;

    public TemporaryFiles(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        var abandoned = DateTime.UtcNow - LongestWrite;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < abandoned))
        {
            file.Delete();
        }
    }

    /// <summary>Writes the content to the disk, and gives the file's path.</summary>
    public async Task<string> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        var path = NewPath();
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
            await content.CopyToAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Makes the path a link to the target, whatever it was, in one step.</summary>
    public void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = NewPath();
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, path, overwrite: true);
    }

    private string NewPath() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));
}
