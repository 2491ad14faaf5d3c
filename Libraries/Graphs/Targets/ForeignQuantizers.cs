using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets;

/// <summary>Q/DQ nodes and operators on codes of other tools.</summary>
internal static class ForeignQuantizers
{
    /// <summary>Turns them into quantizers.</summary>
    /// <returns>False where there are none.</returns>
    /// <exception cref="GraphException">Some cannot become quantizers; the message names the node and says why.</exception>
    public static bool Lift(Graph graph)
    {
        if (!graph.Nodes.Exists(node => IsPair(node) || QOperatorForm.IsQOperator(node)))
        {
            return false;
        }

        new ExpandQOperators().Apply(graph);
        new FloatInterface().Apply(graph);

        // Exporters hide scales behind constant nodes and no-op casts.
        GraphSimplifier.Simplify(graph);
        new LiftQuantizers().Apply(graph);
        if (graph.Nodes.Find(IsPair) is { } rest)
        {
            throw new GraphException(
                $"{rest} {Obstacle(graph, rest)}, so that its model cannot be written anew: start from the float model it was made of, or "
                + "quantize it in the QDQ format with constant scales.");
        }

        return true;
    }

    private static bool IsPair(Node node) => node.Is("QuantizeLinear") || node.Is("DequantizeLinear");

    private static string Obstacle(Graph graph, Node node)
    {
        var links = graph.Link();
        return QuantizeParameters.Of(graph, links, node) is null ? "has a scale or zero point that is computed while the model runs"
            : links.ConsumersOf(node.Outputs[0]).Select(reader => reader.Node).FirstOrDefault(reader => !IsPair(reader)) is { } reader
                && node.Is("QuantizeLinear") ? $"hands its codes to {reader}, which works on codes"
            : "is half of a pair whose other half is missing or has another scale";
    }
}
