namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>A checkpoint cannot be read, or does not fit the network. The message names the file, the entry and the remedy.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException()
    {
    }

    public CheckpointException(string message)
        : base(message)
    {
    }

    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
