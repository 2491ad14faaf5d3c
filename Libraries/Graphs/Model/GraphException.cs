using QatPipeline.Foundation;

namespace QatPipeline.Graphs.Model;

/// <summary>
/// A model that cannot be read, or a graph that cannot be processed. The message says what is wrong, where (file, node or tensor)
/// and, where there is one, the remedy.
/// </summary>
/// <param name="message">What, where and how to mend it.</param>
/// <param name="innerException">What the file system or the parser said, if it was one of them.</param>
public sealed class GraphException(string message, Exception? innerException = null) : InputException(message, innerException);
