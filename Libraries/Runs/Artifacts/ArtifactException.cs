using QatPipeline.Foundation;

namespace QatPipeline.Runs.Artifacts;

/// <summary>An artifact or blob is missing, damaged or badly named; the message says which and what to do.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What a library or the file system said, if it was one of them.</param>
public class ArtifactException(string message, Exception? innerException = null) : InputException(message, innerException);
