namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// An exclusively opened file as a lock between processes: the operating system frees it when the holder ends, however it ends.
/// The file stays, because deleting it while another process opens it would give two processes the lock.
/// </summary>
internal sealed class FileLock : IBlobLease, IDisposable
{
    public const string Folder = ".locks";

    // What the operating systems answer when another handle has the file: EAGAIN on Linux, EWOULDBLOCK on macOS, two codes on Windows.
    private static readonly int[] SharingViolations = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Never lost: nobody can take it from a living process.</summary>
    public CancellationToken Lost => CancellationToken.None;

    /// <summary>Takes the lock, or returns null while another process or task holds it.</summary>
    /// <exception cref="IOException">The lock's file cannot be made: the disk is full, or the folder is gone.</exception>
    public static FileLock? TryTake(string root, string name)
    {
        var path = Path.Combine(root, Folder, name);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (SharingViolations.Contains(exception.HResult))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
