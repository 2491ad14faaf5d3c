using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Linting;

/// <summary>A graph as a lint looks at it: quantizers as Q/DQ nodes.</summary>
internal static class ExplicitGraph
{
    /// <summary>
    /// Placed quantizers as nodes. Uncalibrated ones get made-up ranges that differ from group to group, as calibrated ones would.
    /// </summary>
    /// <param name="graph">A model with Q/DQ nodes, or a graph with placed quantizers. Not changed.</param>
    /// <param name="pairPerUse">See <see cref="QuantizerMaterializer.Materialize"/>.</param>
    /// <param name="prepare">What it does before.</param>
    /// <param name="rewrite">What the target's form does to a graph whose quantizers became nodes.</param>
    /// <returns>A copy; null where nothing is quantized.</returns>
    public static Graph? Of(Graph graph, bool pairPerUse, Action<Graph>? prepare = null, Action<Graph>? rewrite = null)
    {
        var copy = graph.Clone();
        if (copy.Quantizers.Count > 0)
        {
            GraphSimplifier.Deploy(copy);
            MakeUpRanges(copy);
            prepare?.Invoke(copy);
            QuantizerMaterializer.Materialize(copy, pairPerUse);
            new RemoveIdentity().Apply(copy);
            rewrite?.Invoke(copy);
        }

        return copy.Nodes.Exists(node => node.Is("QuantizeLinear") || node.Is("DequantizeLinear")) ? copy : null;
    }

    private static void MakeUpRanges(Graph graph)
    {
        var amax = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsCalibrated && !quantizer.IsWeight))
        {
            var group = quantizer.Group ?? quantizer.Name;
            amax.TryAdd(group, amax.Count + 1);
            quantizer.Ranges =
            [
                new QuantizationRange(quantizer.Scheme == QuantizationScheme.UnsignedNonNegative ? 0 : -amax[group], amax[group]),
            ];
        }

        if (graph.Quantizers.Exists(quantizer => quantizer is { IsWeight: true, IsCalibrated: false }))
        {
            WeightRanges.Refresh(graph);
        }
    }
}
