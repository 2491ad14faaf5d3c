namespace QatPipeline.Runs.Specification;

/// <summary>A run specification that cannot be used: the message names file, line and key, and the remedy.</summary>
public sealed class SpecificationException : Exception
{
    /// <inheritdoc/>
    public SpecificationException()
    {
    }

    /// <inheritdoc/>
    public SpecificationException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public SpecificationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Line of the text the error is in, from 1; null where it is in no single line.</summary>
    public int? Line { get; init; }
}
