namespace QatPipeline.Foundation.Natives;

/// <summary>A native library cannot be found, read, adapted or loaded. The message names the file, what it lacks and the remedy.</summary>
/// <param name="message">One sentence.</param>
/// <param name="innerException">What the loader said, where it said something.</param>
public sealed class NativeLibraryException(string message, Exception? innerException = null) : InputException(message, innerException);
