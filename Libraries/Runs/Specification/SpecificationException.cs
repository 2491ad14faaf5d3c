using QatPipeline.Foundation;

namespace QatPipeline.Runs.Specification;

/// <summary>A run specification that cannot be used: the message names file, line and key, and the remedy.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What a parser or the file system said, if it was one of them.</param>
public sealed class SpecificationException(string message, Exception? innerException = null) : InputException(message, innerException)
{
    /// <summary>Line of the text the error is in, from 1; null where it is in no single line.</summary>
    public int? Line { get; init; }
}
