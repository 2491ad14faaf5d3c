namespace QatPipeline.Foundation;

/// <summary>
/// An exclusively opened file as a lock between processes: the operating system frees it when the holder ends, however it ends.
/// The file stays, because deleting it while another process opens it would give two processes the lock.
/// </summary>
public sealed class FileLock : IDisposable
{
    // What the operating systems answer when another handle has the file: EAGAIN on Linux, EWOULDBLOCK on macOS, two codes on Windows.
    private static readonly int[] SharingViolations = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null while another process or task holds it.</summary>
    /// <param name="path">The lock's file, in a folder that is there.</param>
    /// <exception cref="IOException">The lock's file cannot be made: the disk is full, or the folder is gone.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (SharingViolations.Contains(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose() => _file.Dispose();
}
