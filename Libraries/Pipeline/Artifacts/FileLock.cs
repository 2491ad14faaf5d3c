namespace QatPipeline.Pipeline.Artifacts;

/// <summary>
/// An exclusively opened file as a lock between processes: the operating system frees it when the holder ends, however it ends.
/// The file stays, because deleting it while another process opens it would give two processes the lock.
/// </summary>
internal sealed class FileLock : IBlobLease, IDisposable
{
    public const string Folder = ".locks";

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Never lost: nobody can take it from a living process.</summary>
    public CancellationToken Lost => CancellationToken.None;

    /// <summary>Takes the lock, or returns null while another process or task holds it.</summary>
    public static FileLock? TryTake(string root, string name)
    {
        var path = Path.Combine(root, Folder, name);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
