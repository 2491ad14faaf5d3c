using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets;

/// <summary>Q/DQ nodes of other tools.</summary>
internal static class ForeignQuantizers
{
    /// <summary>Turns Q/DQ nodes into quantizers.</summary>
    /// <returns>False where there are none.</returns>
    public static bool Lift(Graph graph)
    {
        if (!graph.Nodes.Exists(node => node.Is("DequantizeLinear")))
        {
            return false;
        }

        // Exporters hide scales behind constant nodes and no-op casts.
        GraphSimplifier.Simplify(graph);
        new LiftQuantizers().Apply(graph);
        return true;
    }
}
