namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// Frames a target's rules: puts its quantizers on a graph and groups those that must share one scale.
/// </summary>
/// <remarks>
/// Names are those of the reference (5.1): <c>&lt;host&gt;._input_quantizer</c>, <c>&lt;host&gt;._weight_quantizer</c>, and
/// <c>&lt;host&gt;._output_quantizer</c> for a tensor that no layer hosts, with the host named by its weight.
/// On YOLOv6 N/T/S the TensorRT rules give 61 activation quantizers with 63 uses and 58 weight quantizers.
/// </remarks>
internal static class QuantizerPlacement
{
    /// <summary>The metadata key that records the target whose rules placed the quantizers.</summary>
    private const string TargetKey = "quantization.target";

    /// <param name="graph">Its quantizers are replaced by freshly placed, uncalibrated ones.</param>
    /// <param name="options">What the rules are free to choose.</param>
    /// <param name="mark">Recorded as the target whose rules placed them.</param>
    /// <param name="rules">The target's rules.</param>
    /// <exception cref="GraphException">The graph holds Q/DQ nodes already.</exception>
    public static void Place(Graph graph, PlacementOptions options, string mark, Action<Graph, PlacementOptions> rules)
    {
        if (graph.Nodes.Find(node => node.OpType == "QuantizeLinear") is { } existing)
        {
            throw new GraphException(
                $"The graph is quantized already ({existing}); lift its Q/DQ nodes into quantizers or remove them first.");
        }

        graph.Quantizers.Clear();
        graph.Metadata[TargetKey] = mark;
        rules(graph, options);
        ScaleGroups.Assign(graph);
    }

    /// <summary>True where a target's rules placed the graph's quantizers.</summary>
    public static bool HasMark(Graph graph) => graph.Metadata.ContainsKey(TargetKey);

    /// <summary>What the target whose rules placed the graph's quantizers left in its metadata.</summary>
    /// <exception cref="GraphException">No quantizers have been placed.</exception>
    public static string MarkOf(Graph graph) => graph.Metadata.TryGetValue(TargetKey, out var mark)
        ? mark
        : throw new GraphException($"Graph '{graph.Name}' has no placed quantizers; place them before this step.");

    /// <summary>Takes all quantizers away, and the record of their target.</summary>
    public static void Remove(Graph graph)
    {
        graph.Quantizers.Clear();
        graph.Metadata.Remove(TargetKey);
    }
}
