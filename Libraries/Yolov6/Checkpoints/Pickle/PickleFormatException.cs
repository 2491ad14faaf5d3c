namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>A pickle is damaged, or holds what a checkpoint has no use for. The reader of the file adds its name.</summary>
internal sealed class PickleFormatException(string message) : Exception(message);
