namespace QatPipeline.Graphs.Passes;

/// <summary>A rewrite of a graph in place. Passes keep the numbers a graph computes unless their documentation says otherwise.</summary>
public interface IGraphPass
{
    /// <summary>Rewrites the graph and tells whether anything changed.</summary>
    /// <exception cref="GraphException">The graph is not well-formed where the pass looks.</exception>
    bool Apply(Graph graph);
}
