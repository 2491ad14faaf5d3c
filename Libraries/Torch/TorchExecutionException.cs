using QatPipeline.Foundation;

namespace QatPipeline.Torch;

/// <summary>
/// A graph that cannot be run, calibrated or trained. The message names the node or tensor and, where there is one, the remedy.
/// </summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What a library or the file system said, if it was one of them.</param>
public sealed class TorchExecutionException(string message, Exception? innerException = null) : InputException(message, innerException);
