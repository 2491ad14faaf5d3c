namespace QatPipeline.Graphs;

/// <summary>
/// A model that cannot be read, or a graph that cannot be processed. The message says what is wrong, where (file, node or tensor)
/// and, where there is one, the remedy.
/// </summary>
public sealed class GraphException : Exception
{
    public GraphException()
    {
    }

    public GraphException(string message)
        : base(message)
    {
    }

    public GraphException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
