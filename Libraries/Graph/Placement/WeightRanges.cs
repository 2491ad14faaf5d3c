using QatPipeline.Quantization;

namespace QatPipeline.Graphs;

/// <summary>Fills weight quantizers from the weights: the largest magnitude, per channel or per tensor (reference 5.2).</summary>
public static class WeightRanges
{
    /// <summary>Refreshes every weight quantizer.</summary>
    public static void Refresh(Graph graph)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsWeight))
        {
            var use = quantizer.Uses[0];
            var weight = graph.Initializers[nodes[use.Node].Inputs[use.Input]];
            quantizer.Ranges = Of(weight, quantizer.Axis);
        }
    }

    internal static IReadOnlyList<QuantizationRange> Of(Tensor weight, int? axis) => [.. MagnitudesOf(weight, axis).Select(QuantizationRange.FromAmax)];

    private static float[] MagnitudesOf(Tensor weight, int? axis)
    {
        var inner = axis is { } index ? weight.Dimensions.Skip(index + 1).Aggregate(1L, (product, dimension) => product * dimension) : weight.Length;
        var amax = new float[axis is { } channelAxis ? weight.Dimensions[channelAxis] : 1];
        var values = weight.As<float>();
        for (var position = 0; position < values.Length; position++)
        {
            ref var channel = ref amax[position / inner % amax.Length];
            channel = MathF.Max(channel, MathF.Abs(values[position]));
        }

        return amax;
    }
}
