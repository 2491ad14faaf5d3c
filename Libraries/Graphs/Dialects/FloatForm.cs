using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Placement;

namespace QatPipeline.Graphs.Dialects;

/// <summary>The float graph as it is deployed: no quantizers, batch normalization folded.</summary>
internal static class FloatForm
{
    public static Graph Build(Graph graph)
    {
        WithoutQuantizers(graph);
        GraphSimplifier.Deploy(graph);
        return graph;
    }

    public static Graph WithoutQuantizers(Graph graph)
    {
        graph.Quantizers.Clear();
        graph.Metadata.Remove(QuantizerPlacement.TargetKey);
        return graph;
    }
}
