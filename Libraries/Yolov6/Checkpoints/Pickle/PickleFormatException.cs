namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>A pickle is damaged, or holds what a checkpoint has no use for. The reader of the file adds its name.</summary>
internal sealed class PickleFormatException : Exception
{
    public PickleFormatException()
    {
    }

    public PickleFormatException(string message)
        : base(message)
    {
    }

    public PickleFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
