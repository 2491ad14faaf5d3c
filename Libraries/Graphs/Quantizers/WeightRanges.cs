using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Quantizers;

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

    internal static IReadOnlyList<QuantizationRange> Of(Tensor weight, int? axis) => axis is { } channels
        ? WeightCalibrator.Max(
            weight.As<float>(),
            (int)weight.Dimensions[channels],
            (int)weight.Dimensions.Skip(channels + 1).Aggregate(1L, (product, dimension) => product * dimension))
        : WeightCalibrator.Max(weight.As<float>(), 1, (int)weight.Length);
}
