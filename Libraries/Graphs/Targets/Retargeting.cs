using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// Moves a calibrated graph to another target: its quantizers are placed anew by that target's rules, and the ranges known of its
/// tensors are taken over or, where arithmetic implies them, derived. What remains without a range stays float.
/// </summary>
public static class Retargeting
{
    /// <summary>A new graph with the target's quantizers; the given one is not changed.</summary>
    /// <remarks>
    /// A signed symmetric range of a tensor that can be negative becomes the unsigned range with zero point 128: the same codes, 128
    /// higher. For tensors proven non-negative the unsigned range spends all 256 codes on what was half of the signed ones.
    /// </remarks>
    /// <exception cref="GraphException">The graph has no calibrated quantizer.</exception>
    public static Graph To(Graph calibrated, ITarget target)
    {
        if (!calibrated.Quantizers.Exists(quantizer => quantizer is { IsCalibrated: true, IsEnabled: true }))
        {
            throw new GraphException($"Graph '{calibrated.Name}' has no calibrated quantizer: calibrate it first.");
        }

        var ranges = new ImpliedRanges(calibrated);
        var weights = calibrated.Quantizers.Where(quantizer => quantizer is { IsWeight: true, IsCalibrated: true, IsEnabled: true })
            .ToDictionary(quantizer => TensorOf(calibrated, quantizer.Uses[0]), StringComparer.Ordinal);
        var graph = calibrated.Clone();
        target.Place(graph, new PlacementOptions { SkipNodes = [], InputsAreNonNegative = false });
        foreach (var quantizer in graph.Quantizers)
        {
            if (quantizer.IsWeight)
            {
                TakeWeight(quantizer, weights.GetValueOrDefault(TensorOf(graph, quantizer.Uses[0])));
            }
            else if (RangeOf(quantizer) is { } range)
            {
                quantizer.Ranges =
                [
                    quantizer.Scheme.IsSigned()
                        ? QuantizationRange.FromAmax(MathF.Max(range.High, -range.Low * sbyte.MaxValue / -sbyte.MinValue))
                        : range,
                ];
            }

            quantizer.IsEnabled = quantizer.IsCalibrated;
        }

        target.LeaveFloat(graph, []);
        ScaleUnification.UnifyRanges(graph);
        target.Settle(graph);
        return graph;

        QuantizationRange? RangeOf(Quantizer quantizer)
        {
            var tensors = quantizer.Uses.Select(use => TensorOf(graph, use)).ToArray();
            return ranges.Of(tensors) ?? ranges.Of(tensors.Select(DetachedOutputs.OriginalName));
        }
    }

    /// <summary>
    /// What another target's choices cost in this one's files: weights of fewer bits, layers left float. Empty where the graph's quantizers
    /// were placed for the target.
    /// </summary>
    /// <param name="calibrated">With quantizers, as it is given to <see cref="ITarget.Build"/>.</param>
    /// <param name="origin">The target that its quantizers were placed for.</param>
    /// <param name="target">Whose files are written.</param>
    public static IEnumerable<LintFinding> Findings(Graph calibrated, ITarget origin, ITarget target)
    {
        if (origin == target)
        {
            yield break;
        }

        var weights = calibrated.Quantizers.Where(quantizer => quantizer.IsWeight).ToLookup(quantizer => quantizer.IsEnabled);
        string[] reduced = [.. weights[true].Where(quantizer => quantizer.Scheme.QMax() < target.WeightScheme.QMax()).Select(LayerOf)];
        if (reduced.Length > 0)
        {
            yield return new(
                LintSeverity.Warning,
                "weights-of-another-target",
                reduced,
                $"{reduced.Length} layers have weights of 7 bits, chosen for {origin.Name}; "
                    + $"{target.Name} has 8, half of whose codes lie idle.",
                $"Calibrate for {target.Name}, or set calibration.weightBits to 8 where the processor of {origin.Name} can do with it.");
        }

        string[] floats = [.. weights[false].Select(LayerOf)];
        if (floats.Length > 0)
        {
            yield return new(
                LintSeverity.Warning,
                "float-layers-of-another-target",
                floats,
                $"{floats.Length} layers stay float because that was best for {origin.Name}; {target.Name} might run them on integers.",
                $"Calibrate for {target.Name}, or search for its own float layers there.");
        }

        static string LayerOf(Quantizer quantizer) => quantizer.Uses[0].Node;
    }

    /// <summary>
    /// A copy with quantizers of the target: Q/DQ nodes lifted and their scales unified as our own are, the opset new enough, retargeted
    /// where need be.
    /// </summary>
    /// <exception cref="GraphException">The graph has no calibrated quantizer, or its opset is too old.</exception>
    internal static Graph SourceFor(ITarget target, Graph calibrated)
    {
        var source = calibrated.Clone();
        var isForeign = ForeignQuantizers.Lift(source);
        if (source.Quantizers.Count == 0)
        {
            throw new GraphException($"Graph '{source.Name}' has no quantizers: place and calibrate them, or choose the float form.");
        }

        OpsetUpgrade.Apply(source);
        if (isForeign && !target.HasUnsignedActivations)
        {
            SignedWeights.Apply(source, new PlacementOptions());
        }

        var fits = isForeign
            ? target.HasUnsignedActivations == source.Quantizers.Exists(
                quantizer => !quantizer.IsWeight && !quantizer.Scheme.IsSigned())
            : target.Mark == QuantizerPlacement.MarkOf(source);
        if (!fits)
        {
            var moved = To(source, target);
            if (!moved.Quantizers.Exists(quantizer => quantizer.IsEnabled))
            {
                moved.Remarks.Add(
                    $"Nothing of the model runs on integers on {target.Name}, which needs ranges that the model does not have, those of "
                    + "its layers' outputs. Calibrate its float model for that target.");
            }

            return moved;
        }

        if (isForeign)
        {
            ScaleGroups.Assign(source);
            ScaleUnification.UnifyRanges(source);
        }

        return source;
    }

    private static void TakeWeight(Quantizer quantizer, Quantizer? known)
    {
        if (known is not null)
        {
            (quantizer.Scheme, quantizer.Axis, quantizer.Ranges) = (known.Scheme, known.Axis, known.Ranges);
        }
    }

    private static string TensorOf(Graph graph, QuantizerUse use) => graph.Nodes.Find(node => node.Name == use.Node)!.Inputs[use.Input];
}
