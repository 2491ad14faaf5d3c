using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Placement;

/// <summary>Partial quantization: which layers stay float although quantizers are placed on them.</summary>
public static class QuantizerSelection
{
    /// <summary>The names of the nodes that can be chosen: those with a weight quantizer, in execution order.</summary>
    public static IReadOnlyList<string> Layers(Graph graph)
    {
        var weighted = graph.Quantizers
            .Where(quantizer => quantizer.IsWeight)
            .SelectMany(quantizer => quantizer.Uses)
            .Select(use => use.Node)
            .ToHashSet();
        return [.. graph.Nodes.Select(node => node.Name).Where(weighted.Contains)];
    }

    /// <summary>Takes every choice back: all placed quantizers take part again, also those that calibration gave no range.</summary>
    public static void EnableAll(Graph graph) => graph.Quantizers.ForEach(quantizer => quantizer.IsEnabled = true);

    /// <summary>
    /// Leaves the named nodes float, in addition to what is disabled already: their weight quantizers, the input quantizers nobody else
    /// needs and, where the target quantizes outputs, those that served only them.
    /// </summary>
    /// <exception cref="GraphException">A name is not a node of the graph, or no quantizers have been placed.</exception>
    public static void Disable(Graph graph, IEnumerable<string> nodeNames)
    {
        var names = nodeNames.ToHashSet(StringComparer.Ordinal);
        if (names.Except(graph.Nodes.Select(node => node.Name)).FirstOrDefault() is { } unknown)
        {
            throw new GraphException(
                $"there is no node '{unknown}' in graph '{graph.Name}' to leave float; see its node names with `qat inspect`");
        }

        foreach (var quantizer in graph.Quantizers.Where(quantizer => names.Contains(quantizer.Uses[0].Node)))
        {
            // A quantizer's first use names its host; on tensors quantized for all consumers at once the host is only one of several.
            if (quantizer.IsWeight || QuantizerPlacement.TargetOf(graph) == QuantizationTarget.TensorRt)
            {
                quantizer.IsEnabled = false;
            }
        }

        QuantizerConsistency.DisableUseless(graph, names);
    }
}
