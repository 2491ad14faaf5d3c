using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.PostTraining;

/// <summary>
/// Reads calibrated and quantization-aware trained checkpoints: weights with the ranges of their quantizers (reference 5.1, 5.2).
/// </summary>
public static class QuantizedCheckpoint
{
    private const string RangeSuffix = "._amax";

    /// <summary>
    /// A copy of the graph with the checkpoint's weights and its quantizers' ranges. The axis of each transposed convolution's weight
    /// ranges is read off the stored shape.
    /// </summary>
    /// <param name="placed">The RepOpt network with placed quantizers.</param>
    /// <param name="state">The checkpoint.</param>
    /// <param name="name">What error messages call the checkpoint.</param>
    /// <exception cref="CheckpointException">Something is missing, left over or of another shape.</exception>
    public static Graph Load(Graph placed, StateDict state, string name)
    {
        var (graph, report) = Yolov6Weights.Load(placed, state.Where(entry => !entry.EndsWith(RangeSuffix, StringComparison.Ordinal)));
        report.RequireExact(name);
        var left = state.Names.Where(entry => entry.EndsWith(RangeSuffix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers)
        {
            var key = StateName(quantizer.Name) + RangeSuffix;
            if (!left.Remove(key))
            {
                throw new CheckpointException(
                    $"{name} has no range {key}. It was not calibrated, or with other layers left float: calibrate it first.");
            }

            SetRanges(graph, quantizer, state[key], $"{name}: {key}");
        }

        return left.Count == 0
            ? graph
            : throw new CheckpointException(
                $"{name} has the range {left.First()}, whose layer is not quantized here. "
                + "Place quantizers on the layers it was calibrated with.");
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
