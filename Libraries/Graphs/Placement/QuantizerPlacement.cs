using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Placement;

/// <summary>
/// Puts quantizers on a graph by rules about operators, never by lists of names, and groups those that must share one scale.
/// Done once, before calibration: calibration fills these quantizers, training trains with them, every dialect writes them.
/// </summary>
/// <remarks>
/// Names are those of the reference (5.1): <c>&lt;host&gt;._input_quantizer</c>, <c>&lt;host&gt;._weight_quantizer</c>, and
/// <c>&lt;host&gt;._output_quantizer</c> for a tensor that no layer hosts, with the host named by its weight.
/// On YOLOv6 N/T/S the TensorRT rules give 61 activation quantizers with 63 uses and 58 weight quantizers.
/// </remarks>
public static class QuantizerPlacement
{
    /// <summary>The metadata key that records the target whose rules placed the quantizers.</summary>
    public const string TargetKey = "quantization.target";

    /// <summary>Replaces the graph's quantizers by freshly placed, uncalibrated ones.</summary>
    /// <exception cref="GraphException">The graph holds Q/DQ nodes already.</exception>
    public static void Place(Graph graph, PlacementOptions options)
    {
        if (graph.Nodes.Find(node => node.OpType == "QuantizeLinear") is { } existing)
        {
            throw new GraphException(
                $"the graph is quantized already ({existing}); lift its Q/DQ nodes into quantizers or remove them first");
        }

        graph.Quantizers.Clear();
        graph.Metadata[TargetKey] = options.Target.ToString();
        if (options.Target == QuantizationTarget.OrtCpu)
        {
            DetachedOutputs.Detach(graph, options);
            OrtCpuRules.Place(new PlacementContext(graph, options));
        }
        else
        {
            TensorRtRules.Place(new PlacementContext(graph, options));
        }

        ScaleGroups.Assign(graph);
    }

    /// <summary>The target whose rules placed the graph's quantizers.</summary>
    /// <exception cref="GraphException">No quantizers have been placed.</exception>
    public static QuantizationTarget TargetOf(Graph graph) =>
        graph.Metadata.TryGetValue(TargetKey, out var name) && Enum.TryParse<QuantizationTarget>(name, out var target)
            ? target
            : throw new GraphException("the graph has no placed quantizers; place them before this step");
}
