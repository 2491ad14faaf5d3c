using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>What a calibration cache gave a model, and what of either was left over.</summary>
/// <param name="Scales">Activation quantizers that have a scale.</param>
/// <param name="Implied">Those of them whose scale follows from another tensor's.</param>
/// <param name="WithoutScale">Inputs of integer layers that have no scale, so that their layers stay float.</param>
/// <param name="FloatLayers">Those layers.</param>
/// <param name="WithoutTensor">Scales of tensors that the model does not have.</param>
/// <param name="Widened">Tensors whose scale grew to that of the others it is shared with.</param>
public sealed record CacheCoverage(
    int Scales,
    IReadOnlyList<string> Implied,
    IReadOnlyList<string> WithoutScale,
    IReadOnlyList<string> FloatLayers,
    IReadOnlyList<string> WithoutTensor,
    IReadOnlyList<string> Widened);

/// <summary>
/// The way back from TensorRT's implicit form: a float model and its calibration cache, whoever made them, become a graph with
/// calibrated quantizers, from which every target can be reached.
/// </summary>
public static class CacheImport
{
    private static readonly TensorRtTarget Target = new();

    /// <summary>Simplifies the graph, places TensorRT's quantizers and fills them; weights take their largest magnitudes.</summary>
    /// <param name="graph">Without Q/DQ nodes; changed in place.</param>
    /// <param name="cache">Made for this very model: tensors are found by name.</param>
    /// <param name="options">Placement; null for the defaults.</param>
    /// <exception cref="GraphException">The graph is quantized already, a scale is no scale, or the cache is of another model.</exception>
    public static CacheCoverage Apply(Graph graph, CalibrationCache cache, PlacementOptions? options = null)
    {
        var tensors = graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Outputs)).ToHashSet();
        var scales = Scales(graph, cache);
        if (!scales.Keys.Any(tensors.Contains))
        {
            throw new GraphException(
                $"None of the cache's {cache.Entries.Count} tensors is in model '{graph.Name}': a cache goes with the very file it was "
                + "made for, because exporters number tensors differently.");
        }

        GraphSimplifier.Simplify(graph);
        Target.Place(graph, options);
        WeightRanges.Refresh(graph);
        var all = PropagateScales.Apply(graph, scales);
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        List<string> implied = [], withoutScale = [];
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            string[] read = [.. quantizer.Uses.Select(use => nodes[use.Node].Inputs[use.Input]).Distinct(StringComparer.Ordinal)];
            string[] missing = [.. read.Where(tensor => !all.ContainsKey(tensor))];
            withoutScale.AddRange(missing);
            if (missing.Length == 0)
            {
                quantizer.Ranges = [RangeOf(read.Max(tensor => all[tensor]))];
                implied.AddRange(read.Where(tensor => !scales.ContainsKey(tensor)));
            }
        }

        var floatLayers = LeaveUnscaledFloat(graph);
        var before = graph.Quantizers.ToDictionary(quantizer => quantizer.Name, quantizer => quantizer.Ranges[0], StringComparer.Ordinal);
        ScaleUnification.UnifyRanges(graph);
        return new CacheCoverage(
            graph.Quantizers.Count(quantizer => !quantizer.IsWeight),
            [.. implied.Distinct()],
            [.. withoutScale.Distinct()],
            floatLayers,
            [.. cache.Entries.Select(entry => entry.Tensor).Where(tensor => !tensors.Contains(tensor))],
            [
                .. graph.Quantizers
                    .Where(quantizer => !quantizer.IsWeight && quantizer.Ranges[0] != before[quantizer.Name])
                    .Select(quantizer => nodes[quantizer.Uses[0].Node].Inputs[quantizer.Uses[0].Input])
                    .Distinct(),
            ]);
    }

    // An Identity's two names are one tensor, of which the cache may know either.
    private static Dictionary<string, float> Scales(Graph graph, CalibrationCache cache)
    {
        CacheChecks.Require(cache);
        var scales = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var (tensor, scale) in cache.Entries.Where(entry => entry.Scale > 0))
        {
            scales[tensor] = scale;
        }

        foreach (var identity in graph.Nodes.Where(node => node.Is("Identity")))
        {
            var (source, copy) = (identity.Inputs[0], identity.Outputs[0]);
            if (scales.TryGetValue(copy, out var known))
            {
                scales.TryAdd(source, known);
            }
            else if (scales.TryGetValue(source, out known))
            {
                scales.Add(copy, known);
            }
        }

        return scales;
    }

    private static string[] LeaveUnscaledFloat(Graph graph)
    {
        var unscaled = graph.Quantizers.Where(quantizer => !quantizer.IsCalibrated).SelectMany(quantizer => quantizer.Uses)
            .Select(use => use.Node).ToHashSet(StringComparer.Ordinal);
        string[] layers = [.. QuantizerSelection.Layers(graph).Where(unscaled.Contains)];
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsCalibrated))
        {
            quantizer.IsEnabled = false;
        }

        Target.LeaveFloat(graph, layers);
        graph.Quantizers.RemoveAll(quantizer => !quantizer.IsCalibrated || (quantizer.IsWeight && !quantizer.IsEnabled));
        return layers;
    }

    /// <summary>The range whose scale is that one to the last bit: 127 times it, or a neighbour of that.</summary>
    private static QuantizationRange RangeOf(float scale)
    {
        var amax = scale * sbyte.MaxValue;
        foreach (var candidate in new[] { amax, MathF.BitDecrement(amax), MathF.BitIncrement(amax) })
        {
            if (candidate / sbyte.MaxValue == scale)
            {
                return QuantizationRange.FromAmax(candidate);
            }
        }

        return QuantizationRange.FromAmax(amax);
    }
}
