namespace QatPipeline.Graphs.Quantizers;

/// <summary>Partial quantization: which layers stay float although quantizers are placed on them.</summary>
public static class QuantizerSelection
{
    /// <summary>The names of the nodes that can be chosen: those with an enabled weight quantizer, in execution order.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="calibrated">True to name only those whose weight quantizer has a range.</param>
    public static IReadOnlyList<string> Layers(Graph graph, bool calibrated = false)
    {
        var weighted = graph.Quantizers
            .Where(quantizer => quantizer is { IsWeight: true, IsEnabled: true } && (quantizer.IsCalibrated || !calibrated))
            .SelectMany(quantizer => quantizer.Uses)
            .Select(use => use.Node)
            .ToHashSet(StringComparer.Ordinal);
        return [.. graph.Nodes.Select(node => node.Name).Where(weighted.Contains)];
    }

    /// <summary>The names as a set.</summary>
    /// <exception cref="GraphException">One is not a node of the graph.</exception>
    internal static HashSet<string> Named(Graph graph, IEnumerable<string> nodeNames)
    {
        var names = nodeNames.ToHashSet(StringComparer.Ordinal);
        if (names.Except(graph.Nodes.Select(node => node.Name)).FirstOrDefault() is { } unknown)
        {
            throw new GraphException(
                $"There is no node '{unknown}' in graph '{graph.Name}' to leave float; see its node names with `qat inspect`.");
        }

        return names;
    }
}
