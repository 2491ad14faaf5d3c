using QatPipeline.Foundation;

namespace QatPipeline.Engines;

/// <summary>An engine cannot be built, loaded or run; the message says what, where and what to do about it.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What a library or the file system said, if it was one of them.</param>
public sealed class EngineException(string message, Exception? innerException = null) : InputException(message, innerException);
