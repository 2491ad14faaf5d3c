namespace QatPipeline.Foundation.Natives;

/// <summary>A native library cannot be found, read, adapted or loaded. The message names the file, what it lacks and the remedy.</summary>
public sealed class NativeLibraryException : Exception
{
    /// <inheritdoc/>
    public NativeLibraryException()
    {
    }

    /// <inheritdoc/>
    public NativeLibraryException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public NativeLibraryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
