using QatPipeline.Foundation;

namespace QatPipeline.Coco;

/// <summary>
/// A data set, image, label or detection file that cannot be used. The message says what is wrong, where (file, element, field)
/// and, where there is one, the remedy.
/// </summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What the file system or a parser said, if it was one of them.</param>
public sealed class CocoException(string message, Exception? innerException = null) : InputException(message, innerException);
