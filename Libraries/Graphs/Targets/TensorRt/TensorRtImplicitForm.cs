using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>
/// Implicit quantization: a graph without Q/DQ nodes and a calibration cache with the scale of every quantized tensor and those that
/// follow from them (reference 7.3).
/// </summary>
/// <remarks>
/// The builder derives weight scales itself, from the largest magnitude of each channel. Weights are therefore written on their
/// quantization grid: wherever a channel reaches its range's end, as calibrated ones do, the builder finds the same scale and the same
/// codes.
/// </remarks>
internal static class TensorRtImplicitForm
{
    public const string Name = "tensorrt-implicit";

    public static TensorRtImplicitModel Build(Graph graph, FormOptions options, ITarget target)
    {
        GraphSimplifier.Deploy(graph);
        QuantizerMaterializer.Check(graph);
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var scales = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsEnabled))
        {
            foreach (var tensor in quantizer.Uses.Select(use => nodes[use.Node].Inputs[use.Input]).Distinct(StringComparer.Ordinal))
            {
                if (quantizer.IsWeight)
                {
                    graph.Initializers[tensor] = WeightCodes.ToGrid(graph.Initializers[tensor], quantizer);
                }
                else
                {
                    scales[tensor] = MathF.Max(scales.GetValueOrDefault(tensor), quantizer.Parameters()[0].Scale);
                }
            }
        }

        var all = PropagateScales.Apply(graph, scales);
        var order = graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Outputs));
        var cache = new CalibrationCache(
            options.CacheVersion,
            CalibrationCache.EntropyCalibration2,
            [.. order.Where(all.ContainsKey).Select(tensor => new CalibrationCacheEntry(tensor, all[tensor]))]);
        QuantizerPlacement.Remove(graph);
        return new(Name, graph, target, cache);
    }
}
