using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Folds BatchNormalization into a layer whose weight is quantized, exactly on the int8 codes: scale'ₒ = scaleₒ·|γₒ|/σₒ, codes negated
/// where γₒ &lt; 0, b'ₒ = (bₒ − μₒ)·γₒ/σₒ + βₒ.
/// <code>
/// w ─ Q/DQ(scale) ─┐                                            w' ─ Q/DQ(scale') ─┐
/// x ─────────── Conv ─ BatchNormalization ─ y          →        x ──────────── Conv(b') ─ y
/// </code>
/// The new weight is stored on its grid, w' = ±code·scale', so that no rounding of the product can move a code. A channel with γ = 0
/// becomes all zeros. A quantizer per tensor becomes one per output channel. One per input channel (ConvTranspose) cannot take the factor,
/// nor can a code −128 be negated: there the batch normalization stays.
/// </summary>
public sealed class FoldBatchNormalizationThroughQuantizer : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in graph.Nodes.Where(node => node.Is("BatchNormalization")).ToArray())
        {
            var links = graph.Link();
            if (BatchNormalizationHost.Find(graph, links, node) is { } host
                && links.QuantizerAt(host.Layer.Name, 1) is { } quantizer
                && FoldedWeight(host, quantizer) is { } weight)
            {
                host.Fold(graph, links, weight);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>The folded weight, with the quantizer's ranges moved along; null where the fold would not be exact.</summary>
    private static Tensor? FoldedWeight(BatchNormalizationHost host, Quantizer quantizer)
    {
        var groups = host.Layer.Int("group", 1);
        var isPerChannel = quantizer.Axis == host.ChannelAxis && (host.Layer.OpType != "ConvTranspose" || groups == 1);
        if (quantizer.Uses.Count != 1 || !quantizer.Scheme.IsSigned())
        {
            return null;
        }

        if (!quantizer.IsCalibrated)
        {
            return FoldBatchNormalization.Scaled(host);
        }

        if (!isPerChannel && (quantizer.Axis is not null || (host.Layer.OpType == "ConvTranspose" && groups > 1)))
        {
            return null;
        }

        var old = Enumerable.Range(0, host.Factor.Length).Select(channel => quantizer.Ranges[isPerChannel ? channel : 0]).ToArray();
        QuantizationRange[] ranges = [.. old.Select((range, channel) => Scaled(range, host.Factor[channel]))];
        var weight = quantizer.IsEnabled ? OnGrid(host, quantizer.Scheme, old, ranges) : FoldBatchNormalization.Scaled(host);
        if (weight is not null)
        {
            (quantizer.Axis, quantizer.Ranges) = (host.ChannelAxis, ranges);
        }

        return weight;
    }

    /// <summary>
    /// A weight channel's range after folding. A channel that vanishes keeps a usable scale: a scale of zero is refused by runtimes.
    /// </summary>
    public static QuantizationRange Scaled(QuantizationRange range, double factor) =>
        Vanishes(range, factor) ? QuantizationRange.FromAmax(1) : QuantizationRange.FromAmax((float)(range.Amax * Math.Abs(factor)));

    /// <summary>True where nothing is left of a weight channel after folding.</summary>
    public static bool Vanishes(QuantizationRange range, double factor) =>
        (float)(range.Amax * Math.Abs(factor)) <= QuantizationParameters.DegenerateAmax;

    private static Tensor? OnGrid(
        BatchNormalizationHost host, QuantizationScheme scheme, QuantizationRange[] old, QuantizationRange[] ranges)
    {
        var before = Array.ConvertAll(old, range => QuantizationParameters.Create(scheme, range));
        var after = Array.ConvertAll(ranges, range => QuantizationParameters.Create(scheme, range));
        var values = host.Weight.ToFloats();
        for (var position = 0; position < values.Length; position++)
        {
            var channel = host.ChannelAt(position);
            var code = before[channel].Quantize(values[position]) * Math.Sign(host.Factor[channel]);
            if (code > sbyte.MaxValue)
            {
                return null;
            }

            values[position] = Vanishes(old[channel], host.Factor[channel]) ? 0 : after[channel].Dequantize(code);
        }

        return Tensor.FromFloats(host.Weight.Dimensions, values);
    }
}
