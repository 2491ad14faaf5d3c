using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>
/// Makes every weight channel reach the end of its range. TensorRT's implicit form has no weight scales: the builder takes the largest
/// magnitude of each channel, which is the scale that was trained only where a weight has the largest code. Training with fixed ranges can
/// leave a channel a few codes short of it; its largest weight is then pulled to the end, and the scale stays that of training.
/// </summary>
internal static class WeightEnds
{
    public static void Reach(Graph graph)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers.Where(
            quantizer => quantizer is { IsWeight: true, IsEnabled: true, IsCalibrated: true } && quantizer.Scheme.IsSigned()))
        {
            var name = nodes[quantizer.Uses[0].Node].Inputs[quantizer.Uses[0].Input];
            if (Pulled(graph.Initializers[name], quantizer) is { } weight)
            {
                graph.Initializers[name] = weight;
            }
        }
    }

    /// <summary>The weight with its channels at their ends; null where they are there already.</summary>
    private static Tensor? Pulled(Tensor weight, Quantizer quantizer)
    {
        var codes = WeightCodes.Quantize(weight, quantizer).ToLongs();
        var inner = weight.RunLength(quantizer.Axis);
        float[]? values = null;
        foreach (var channel in Enumerable.Range(0, codes.Length).GroupBy(position => position / inner % quantizer.Ranges.Count))
        {
            var largest = channel.MaxBy(position => Math.Abs(codes[position]));
            if (codes[largest] != 0 && Math.Abs(codes[largest]) < quantizer.Scheme.QMax())
            {
                values ??= weight.ToFloats();
                values[largest] = Math.Sign(codes[largest]) * quantizer.Ranges[(int)channel.Key].Amax;
            }
        }

        return values is null ? null : Tensor.FromFloats(weight.Dimensions, values);
    }
}
