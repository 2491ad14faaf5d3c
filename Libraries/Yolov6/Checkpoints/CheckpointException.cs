using QatPipeline.Foundation;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>A checkpoint cannot be read, or does not fit the network. The message names the file, the entry and the remedy.</summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What the file system or a parser said, if it was one of them.</param>
public sealed class CheckpointException(string message, Exception? innerException = null) : InputException(message, innerException);
