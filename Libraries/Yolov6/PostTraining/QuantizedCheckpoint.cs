using QatPipeline.Graphs;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.PostTraining;

/// <summary>
/// Calibrated and quantization-aware trained checkpoints: weights with the ranges of their quantizers (reference 5.1, 5.2).
/// </summary>
public static class QuantizedCheckpoint
{
    private const string RangeSuffix = "._amax";

    /// <summary>Whether the checkpoint holds ranges.</summary>
    public static bool HasRanges(StateDict state) => state.Names.Any(IsRange);

    /// <summary>
    /// A copy of the graph with the checkpoint's weights and its quantizers' ranges. The axis of each transposed convolution's weight
    /// ranges is read off the stored shape. A layer of which neither weight nor input has a range was left float, and stays so.
    /// </summary>
    /// <param name="placed">The RepOpt network with the quantizers of <see cref="TargetRegistry.TensorRt"/>.</param>
    /// <param name="state">The checkpoint.</param>
    /// <param name="name">What error messages call the checkpoint.</param>
    /// <exception cref="CheckpointException">Something is missing, left over or of another shape.</exception>
    public static Graph Load(Graph placed, StateDict state, string name)
    {
        var (graph, report) = Yolov6Weights.Load(placed, state.Where(entry => !IsRange(entry)));
        report.RequireExact(name);
        var left = state.Names.Where(IsRange).ToHashSet(StringComparer.Ordinal);
        var floatLayers = FloatLayers(graph, left);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !floatLayers.Contains(quantizer.Uses[0].Node)))
        {
            var key = StateName(quantizer.Name) + RangeSuffix;
            if (!left.Remove(key))
            {
                throw new CheckpointException(
                    $"{name} has no range {key}. It was not calibrated, or with other layers left float: calibrate it first.");
            }

            SetRanges(graph, quantizer, state[key], $"{name}: {key}");
        }

        if (left.Count > 0)
        {
            throw new CheckpointException(
                $"{name} has the range {left.First()}, whose layer is not quantized here. "
                + "Place quantizers on the layers it was calibrated with.");
        }

        TargetRegistry.TensorRt.LeaveFloat(graph, floatLayers);
        graph.Quantizers.RemoveAll(quantizer => !quantizer.IsCalibrated);
        return graph;
    }

    /// <summary>
    /// Weights and ranges as the reference stores them, to be read by <see cref="Load"/> or by the reference's own strict loader: the
    /// counters and the head's constants it insists on are there too. Layers left float have no range. Null for a graph that such a
    /// checkpoint cannot describe: of another network, or quantized for another target.
    /// </summary>
    public static StateDict? TrySave(Graph graph)
    {
        if (!Yolov6Outputs.IsIn(graph) || !IsDescribable(graph))
        {
            return null;
        }

        var state = Yolov6Weights.Read(graph);
        foreach (var statistics in state.Names.Where(name => name.EndsWith(".running_var", StringComparison.Ordinal)).ToList())
        {
            state.Set(statistics[..^"running_var".Length] + "num_batches_tracked", [], [0]);
        }

        // Frozen bins of a regression that these networks do not use (reference 1.6).
        float[] bins = [.. Enumerable.Range(0, 17)];
        state.Set("detect.proj", [bins.Length], bins);
        state.Set("detect.proj_conv.weight", [1, bins.Length, 1, 1], bins);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsEnabled))
        {
            long[] shape = quantizer.Axis switch
            {
                0 => [quantizer.Ranges.Count, 1, 1, 1],
                1 => [1, quantizer.Ranges.Count, 1, 1],
                _ => [],
            };
            state.Set(StateName(quantizer.Name) + RangeSuffix, shape, [.. quantizer.Ranges.Select(range => range.Amax)]);
        }

        return state;
    }

    private static bool IsRange(string entry) => entry.EndsWith(RangeSuffix, StringComparison.Ordinal);

    private static bool IsDescribable(Graph graph) =>
        TargetRegistry.Of(graph) == TargetRegistry.TensorRt
        && graph.Quantizers.Exists(quantizer => quantizer.IsEnabled)
        && graph.Quantizers.TrueForAll(quantizer => !quantizer.IsEnabled || (quantizer.IsCalibrated
            && quantizer.Scheme is QuantizationScheme.SignedNarrow or QuantizationScheme.SignedSymmetric));

    private static HashSet<string> FloatLayers(Graph graph, HashSet<string> ranges)
    {
        var known = graph.Quantizers.Where(quantizer => ranges.Contains(StateName(quantizer.Name) + RangeSuffix));
        var quantized = known.SelectMany(quantizer => quantizer.Uses).Select(use => use.Node).ToHashSet(StringComparer.Ordinal);
        return ranges.Count == 0
            ? []
            : [.. QuantizerSelection.Layers(graph).Where(layer => !quantized.Contains(layer))];
    }

    private static void SetRanges(Graph graph, Quantizer quantizer, StateTensor amax, string where)
    {
        if (quantizer.Axis is not null && amax.Shape.Length == 4)
        {
            quantizer.Axis = amax.Shape[0] == 1 ? 1 : 0;
        }

        var use = quantizer.Uses[0];
        var expected = quantizer.Axis is { } axis
            ? graph.Initializers[graph.Nodes.Find(node => node.Name == use.Node)!.Inputs[use.Input]].Dimensions[axis]
            : 1;
        quantizer.Ranges = amax.Data.Length == expected
            ? [.. amax.Data.Select(QuantizationRange.FromAmax)]
            : throw new CheckpointException($"{where} has shape {amax.ShapeText}, {expected} ranges are expected.");
    }

    // The reference gives the quantizers behind its two upsampling layers names of their own.
    private static string StateName(string quantizer)
    {
        const string Output = ".upsample_transpose._output_quantizer";
        const string Prefix = "neck.upsample";
        return quantizer.StartsWith(Prefix, StringComparison.Ordinal) && quantizer.EndsWith(Output, StringComparison.Ordinal)
            ? $"neck.upsample_feat{quantizer[Prefix.Length..^Output.Length]}_quant"
            : quantizer;
    }
}
