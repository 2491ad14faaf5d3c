using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Disables the quantizers that no integer operator profits from, after some have been disabled by choice or for want of a range.
/// </summary>
internal static class OrtCpuConsistency
{
    /// <param name="graph">With placed quantizers; changed in place.</param>
    /// <param name="floatNodes">Names of nodes that stay float although their quantizers may be enabled.</param>
    public static void DisableUseless(Graph graph, IReadOnlySet<string> floatNodes)
    {
        var links = graph.Link();
        var context = new PlacementContext(graph, new PlacementOptions { SkipNodes = [] });
        while (DisableOnce(context, links, floatNodes))
        {
        }
    }

    /// <summary>
    /// An operator is integer while all it reads and computes is quantized; a layer's weight too, and any other operator only while an
    /// integer operator feeds it, for an activation between two float layers gains nothing from codes. A tensor stays quantized while an
    /// integer operator reads or computes it.
    /// </summary>
    private static bool DisableOnce(PlacementContext context, GraphLinks links, IReadOnlySet<string> floatNodes)
    {
        var integers = new HashSet<string>(StringComparer.Ordinal);
        var needed = new HashSet<Quantizer>();
        foreach (var node in context.Graph.Nodes.Where(node => !floatNodes.Contains(node.Name)))
        {
            var isLayer = IntegerOperators.IsLayer(context, node);
            if (!isLayer
                && !(IntegerOperators.IsUnweighted(context, node)
                    && OperatorRoles.DataInputs(node).Any(index => integers.Contains(node.Inputs[index]))))
            {
                continue;
            }

            var outputs = node.Outputs.Select(output => OrtCpuRules.EffectiveOutput(context.Graph, links, output)).ToArray();
            var reads = OperatorRoles.DataInputs(node).Concat(isLayer ? [1] : []).Select(index => links.QuantizerAt(node.Name, index));
            var writes = outputs.Select(
                output => links.ConsumersOf(output) is [var first, ..] ? links.QuantizerAt(first.Node.Name, first.Input) : null);
            var quantizers = reads.Concat(writes).ToArray();
            if (Array.TrueForAll(quantizers, quantizer => quantizer is { IsEnabled: true }))
            {
                integers.UnionWith(outputs);
                needed.UnionWith(quantizers.OfType<Quantizer>());
            }
        }

        var useless = context.Graph.Quantizers.FindAll(quantizer => quantizer.IsEnabled && !needed.Contains(quantizer));
        useless.ForEach(quantizer => quantizer.IsEnabled = false);
        return useless.Count > 0;
    }
}
