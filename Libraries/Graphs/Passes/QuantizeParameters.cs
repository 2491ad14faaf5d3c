using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Passes;

/// <summary>Scale, zero point and axis of a QuantizeLinear or DequantizeLinear node with constant 8-bit parameters.</summary>
internal sealed record QuantizeParameters(float[] Scales, int[] ZeroPoints, ElementType Type, int? Axis)
{
    private const int MostUlps = 4;

    /// <summary>The node's parameters; null where they are not constant, blocked, or of a type that is no 8-bit (or bias) type.</summary>
    /// <param name="graph">Holds the constants.</param>
    /// <param name="links">The graph's links.</param>
    /// <param name="node">Quantizes or dequantizes.</param>
    /// <param name="codeType">The codes' type where no zero point tells it.</param>
    /// <param name="rank">The tensor's rank where it is known; a negative axis needs it.</param>
    public static QuantizeParameters? Read(Graph graph, GraphLinks links, Node node, ElementType codeType, int? rank)
    {
        var scale = graph.FindConstant(links, node.Input(1));
        var zeroPoint = graph.FindConstant(links, node.Input(2));
        var type = zeroPoint?.Type ?? codeType;
        if (scale is not { Type: ElementType.Float, Length: > 0 }
            || (node.Input(2) is not null && zeroPoint?.Length != scale.Length)
            || node.Int("block_size", 0) != 0
            || type is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32))
        {
            return null;
        }

        var scales = scale.ToFloats();
        var zeroPoints = zeroPoint is null ? new int[scales.Length] : Array.ConvertAll(zeroPoint.ToLongs(), value => (int)value);
        var named = (int)node.Int("axis", 1);
        int? axis = scales.Length == 1 ? null : named < 0 ? named + (rank ?? named) : named;
        return Array.TrueForAll(scales, IsScale) && axis is null or >= 0 ? new(scales, zeroPoints, type, axis) : null;
    }

    /// <summary>
    /// The parameters of a QuantizeLinear or DequantizeLinear node, with the codes' type taken from the graph where no zero point tells it.
    /// </summary>
    /// <param name="graph">Holds the constants.</param>
    /// <param name="links">Links from which the constants can be found; the node itself may be newer.</param>
    /// <param name="node">Quantizes or dequantizes.</param>
    public static QuantizeParameters? Of(Graph graph, GraphLinks links, Node node)
    {
        var stored = graph.FindConstant(links, node.Input(0));
        var type = node.Is("QuantizeLinear") ? QuantizedType(node)
            : stored?.Type
                ?? (links.ProducerOf(node.Inputs[0]) is { } quantize && quantize.Is("QuantizeLinear")
                    ? QuantizedType(quantize)
                    : ElementType.UInt8);
        return Read(graph, links, node, type, stored?.Rank ?? graph.FindValue(node.Inputs[0])?.Shape?.Count);
    }

    /// <summary>The type of the codes that a QuantizeLinear without zero point gives.</summary>
    public static ElementType QuantizedType(Node quantize) =>
        quantize.Int("output_dtype", 0) is > 0 and var type ? (ElementType)type : ElementType.UInt8;

    /// <summary>Whether all codes of 8 bits times the number, and their distances, are numbers, and greater than 0.</summary>
    public static bool IsScale(float value) => value > 0 && float.IsFinite(value * (2 * byte.MaxValue));

    /// <summary>Lowest and highest code; null for a bias.</summary>
    public (int Lowest, int Highest)? CodeLimits => Type switch
    {
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
        _ => null,
    };

    public bool Equals(QuantizeParameters? other) =>
        other is not null
            && Type == other.Type
            && Axis == other.Axis
            && Scales.AsSpan().SequenceEqual(other.Scales)
            && ZeroPoints.AsSpan().SequenceEqual(other.ZeroPoints);

    public override int GetHashCode() => HashCode.Combine(Type, Axis, Scales.Length, Scales[0]);

    /// <summary>Real values of codes, y = (q − zeroPoint)·scale.</summary>
    public Tensor Dequantize(Tensor codes)
    {
        var channelOf = ChannelsOf(codes);
        return Tensor.FromFloats(
            codes.Dimensions,
            [.. codes.ToLongs().Select((code, position) => (code - ZeroPoints[channelOf(position)]) * Scales[channelOf(position)])]);
    }

    /// <summary>Scheme and ranges that give these parameters again. int8 codes with a zero point are uint8 codes shifted by 128.</summary>
    /// <param name="isNarrow">True for signed symmetric codes among which −128 does not occur.</param>
    public (QuantizationScheme Scheme, QuantizationRange[] Ranges) ToRanges(bool isNarrow)
    {
        if (Type == ElementType.Int8 && ZeroPoints.All(zeroPoint => zeroPoint == 0))
        {
            var symmetric = isNarrow ? QuantizationScheme.SignedNarrow : QuantizationScheme.SignedSymmetric;
            return (symmetric, Array.ConvertAll(Scales, SymmetricRange));
        }

        var shift = Type == ElementType.Int8 ? 128 : 0;
        var zeroPoints = Array.ConvertAll(ZeroPoints, zeroPoint => zeroPoint + shift);
        var scheme = zeroPoints.All(zeroPoint => zeroPoint == 0)
            ? QuantizationScheme.UnsignedNonNegative
            : QuantizationScheme.UnsignedAffine;
        var ranges = Scales.Select((scale, channel) => Exact(
            scheme,
            scale,
            (255 - zeroPoints[channel]) * scale,
            high => new(MathF.Min(-zeroPoints[channel] * scale, high), high))).ToArray();
        return (scheme, ranges);
    }

    /// <summary>The signed symmetric range of that very scale.</summary>
    public static QuantizationRange SymmetricRange(float scale) =>
        Exact(QuantizationScheme.SignedSymmetric, scale, 127 * scale, QuantizationRange.FromAmax);

    /// <summary>
    /// Multiplying by the number of steps and dividing again can miss the scale by rounding: moves the upper end by ulps until it does not.
    /// </summary>
    private static QuantizationRange Exact(QuantizationScheme scheme, float scale, float high, Func<float, QuantizationRange> range)
    {
        for (var (up, down, ulps) = (high, high, 0); ulps <= MostUlps; ulps++, up = MathF.BitIncrement(up), down = MathF.BitDecrement(down))
        {
            foreach (var candidate in (ReadOnlySpan<float>)[up, down])
            {
                if (QuantizationParameters.Create(scheme, range(candidate)).Scale == scale)
                {
                    return range(candidate);
                }
            }
        }

        return range(high);
    }

    /// <summary>True when signed symmetric quantization of the values gives the code −128.</summary>
    public bool UsesLowestCode(Tensor values)
    {
        var channelOf = ChannelsOf(values);
        return values.ToFloats().Where((value, position) => MathF.Round(value / Scales[channelOf(position)]) <= sbyte.MinValue).Any();
    }

    /// <summary>The index into <see cref="Scales"/> for each row-major position of a tensor.</summary>
    private Func<int, int> ChannelsOf(Tensor tensor)
    {
        if (Axis is not { } axis)
        {
            return _ => 0;
        }

        var inner = tensor.RunLength(axis);
        return position => (int)(position / inner % Scales.Length);
    }
}
