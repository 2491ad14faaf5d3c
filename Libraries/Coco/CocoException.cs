namespace QatPipeline.Coco;

/// <summary>
/// A data set, image, label or detection file that cannot be used. The message says what is wrong, where (file, element, field)
/// and, where there is one, the remedy.
/// </summary>
public sealed class CocoException : Exception
{
    public CocoException()
    {
    }

    public CocoException(string message)
        : base(message)
    {
    }

    public CocoException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
