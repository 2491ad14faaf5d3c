namespace QatPipeline.Foundation;

/// <summary>
/// Files that appear whole or not at all: written beside their place under a name of their own, then renamed. Several processes may write
/// the same file; the last one wins.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes the bytes.</summary>
    /// <exception cref="IOException">The folder is missing or the disk is full; what was there before stays.</exception>
    public static void Write(string path, byte[] content) => WriteBeside(path, temporary => File.WriteAllBytes(temporary, content));

    /// <summary>Gives the writer a stream of the new file.</summary>
    /// <exception cref="IOException">The folder is missing or the disk is full; what was there before stays.</exception>
    public static void Write(string path, Action<Stream> write) => WriteBeside(path, temporary =>
    {
        using var file = File.Create(temporary);
        write(file);
    });

    /// <summary>Gives the writer the path to write to, for libraries that open the file themselves.</summary>
    /// <exception cref="IOException">The folder is missing or the disk is full; what was there before stays.</exception>
    public static void WriteBeside(string path, Action<string> write)
    {
        var temporary = Beside(path);
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Gives the writer a stream of the new file; an exception or a cancellation leaves what was there before.</summary>
    /// <exception cref="IOException">The folder is missing or the disk is full; what was there before stays.</exception>
    public static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var temporary = Beside(path);
        try
        {
            var file = File.Create(temporary);
            await using (file.ConfigureAwait(false))
            {
                await write(file, cancellationToken).ConfigureAwait(false);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Beside(string path) => $"{path}.{Path.GetRandomFileName()}.partial";
}
