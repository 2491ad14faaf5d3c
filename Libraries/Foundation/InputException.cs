namespace QatPipeline.Foundation;

/// <summary>
/// What was given cannot be used, or what is needed is not there: whoever gave it can mend it, and the message says what, where and how.
/// Any other exception is a fault of the machine, or a defect.
/// </summary>
/// <param name="message">One sentence for the person who gave the input.</param>
/// <param name="innerException">What was found first, where something else was.</param>
public abstract class InputException(string message, Exception? innerException = null) : Exception(message, innerException);
