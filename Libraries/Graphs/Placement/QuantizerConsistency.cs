using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Placement;

/// <summary>
/// Disables the quantizers that no integer operator profits from, after some have been disabled by choice or for want of a range.
/// </summary>
internal static class QuantizerConsistency
{
    /// <param name="graph">With placed quantizers; changed in place.</param>
    /// <param name="floatNodes">Names of nodes that stay float although their quantizers may be enabled.</param>
    public static void DisableUseless(Graph graph, IReadOnlySet<string> floatNodes)
    {
        if (QuantizerPlacement.TargetOf(graph) == QuantizationTarget.TensorRt)
        {
            DisableHalfQuantizedLayers(graph);
            return;
        }

        var links = graph.Link();
        var context = new PlacementContext(graph, new PlacementOptions { Target = QuantizationTarget.OrtCpu, SkipNodes = [] });
        while (DisableOnce(context, links, floatNodes))
        {
        }
    }

    /// <summary>A layer multiplies integers only when input and weight are both quantized.</summary>
    private static void DisableHalfQuantizedLayers(Graph graph)
    {
        var links = graph.Link();
        foreach (var weight in graph.Quantizers.Where(quantizer => quantizer.IsWeight))
        {
            var inputs = weight.Uses.Select(use => links.QuantizerAt(use.Node, 0)).OfType<Quantizer>().ToArray();
            weight.IsEnabled &= Array.TrueForAll(inputs, input => input.IsEnabled);
            Array.ForEach(inputs.Where(input => input.Uses.Count == 1).ToArray(), input => input.IsEnabled &= weight.IsEnabled);
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
