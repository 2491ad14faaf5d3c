namespace QatPipeline.Runs.Artifacts;

/// <summary>An artifact or blob is missing, damaged or badly named; the message says which and what to do.</summary>
public sealed class ArtifactException : Exception
{
    /// <inheritdoc/>
    public ArtifactException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public ArtifactException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
