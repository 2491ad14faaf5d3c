using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>One channel of a bias on integers.</summary>
/// <param name="Bias">Its value, batch normalization folded in.</param>
/// <param name="Scale">The real size of one code.</param>
/// <param name="Factor">What folding multiplies the channel's weight scale by.</param>
public readonly record struct IntegerBiasChannel(float Bias, float Scale, double Factor)
{
    /// <summary>The int32 code.</summary>
    public int Code => BiasCode.Of(Bias, Scale);

    /// <summary>What rounding adds to the bias.</summary>
    public float Rounding => (float)(((double)Code * Scale) - Bias);
}

/// <summary>A bias on integers, channel by channel.</summary>
/// <param name="InputScale">Scale of the layer's input.</param>
/// <param name="Channels">In the order of the layer's outputs.</param>
public sealed record IntegerBiasValues(float InputScale, IReadOnlyList<IntegerBiasChannel> Channels)
{
    /// <summary>
    /// The ranges of a weight, widened in the channels whose bias does not fit int32 otherwise; null where all fit. A wider range has
    /// larger steps, but what the weights of such a channel add to its bias is small: with K products, rounding them moves an output by
    /// at most K·2⁻²² of the bias.
    /// </summary>
    /// <param name="scheme">Of the weight.</param>
    /// <param name="ranges">One, or one per channel.</param>
    /// <returns>One range per channel.</returns>
    public IReadOnlyList<QuantizationRange>? WithRoom(QuantizationScheme scheme, IReadOnlyList<QuantizationRange> ranges)
    {
        if (Channels.All(channel => BiasCode.Fits(channel.Bias, channel.Scale) || channel.Factor == 0))
        {
            return null;
        }

        return
        [
            .. Channels.Select((channel, index) => (Channel: channel, Range: ranges[ranges.Count == 1 ? 0 : index])).Select(item =>
                BiasCode.Fits(item.Channel.Bias, item.Channel.Scale) || item.Channel.Factor == 0
                    ? item.Range
                    : QuantizationRange.FromAmax(
                        (float)(Math.Abs(item.Channel.Bias) * scheme.QMax() / (InputScale * BiasCode.Target * item.Channel.Factor)))),
        ];
    }
}
