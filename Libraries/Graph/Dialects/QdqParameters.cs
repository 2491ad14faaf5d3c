using QatPipeline.Quantization;

namespace QatPipeline.Graphs;

/// <summary>The constant scales and zero points of a QuantizeLinear or DequantizeLinear node.</summary>
/// <param name="Type">Element type of the codes.</param>
/// <param name="Scales">One, or one per index of <paramref name="Axis"/>.</param>
/// <param name="ZeroPoints">As many.</param>
/// <param name="Axis">Null for one scale per tensor.</param>
internal sealed record QdqParameters(ElementType Type, float[] Scales, long[] ZeroPoints, int? Axis)
{
    private const int MaximalUlps = 4;

    /// <summary>Null where scale or zero point are computed, blocked or not of the float type this library quantizes.</summary>
    public static QdqParameters? Of(Graph graph, Node node)
    {
        if (node.Input(1) is not { } scaleName || Constant(graph, scaleName) is not { Type: ElementType.Float, Rank: <= 1 } scale || node.Int("block_size", 0) != 0)
        {
            return null;
        }

        var zeroPoint = node.Input(2) is { } name ? Constant(graph, name) : null;
        if (zeroPoint is null ? node.Input(2) is not null : zeroPoint.Type is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32))
        {
            return null;
        }

        if (scale.Length > 1 && node.Int("axis", 1) < 0 && Constant(graph, node.Inputs[0]) is null)
        {
            return null;
        }

        // Without a zero point QuantizeLinear gives uint8 codes, and DequantizeLinear reads whatever it is given.
        var type = zeroPoint?.Type ?? (node.Is("DequantizeLinear") && Constant(graph, node.Inputs[0]) is { } codes ? codes.Type : ElementType.UInt8);
        var scales = scale.ToFloats();
        return new(type, scales, zeroPoint?.ToLongs() ?? new long[scales.Length], scales.Length > 1 ? AxisOf(graph, node) : null);
    }

    /// <summary>A constant given as initializer, as a Constant node or through Identity nodes (reference 10, row 7).</summary>
    private static Tensor? Constant(Graph graph, string name)
    {
        while (!graph.Initializers.ContainsKey(name))
        {
            var producer = graph.Nodes.Find(node => node.Outputs.Contains(name));
            if (producer?.Attributes.GetValueOrDefault("value") is TensorAttribute { Value: var value } && producer.Is("Constant"))
            {
                return value;
            }

            if (producer is null || !producer.Is("Identity"))
            {
                return null;
            }

            name = producer.Inputs[0];
        }

        return graph.Initializers[name];
    }

    /// <summary>Lowest and highest code; null for types that activations don't have.</summary>
    public (long Lowest, long Highest)? CodeLimits => Type switch
    {
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
        _ => null,
    };

    private static int AxisOf(Graph graph, Node node)
    {
        var axis = (int)node.Int("axis", 1);
        return axis >= 0 ? axis : axis + Constant(graph, node.Inputs[0])!.Rank;
    }

    public Tensor Dequantize(Tensor codes) => WeightCodes.Dequantize(codes, Scales, ZeroPoints, Axis ?? 0);

    public QuantizationScheme ToScheme(bool isWeight) => Array.TrueForAll(ZeroPoints, zeroPoint => zeroPoint == 0)
        ? Type == ElementType.UInt8 ? QuantizationScheme.UnsignedNonNegative
            : isWeight ? QuantizationScheme.SignedNarrow : QuantizationScheme.SignedSymmetric
        : QuantizationScheme.UnsignedAffine;

    /// <summary>The ranges from which the scheme's arithmetic gives back exactly these scales.</summary>
    public IReadOnlyList<QuantizationRange> ToRanges(QuantizationScheme scheme)
    {
        // int8 codes with a zero point are the uint8 codes 128 higher.
        var offset = Type == ElementType.Int8 ? -(long)sbyte.MinValue : 0;
        return [.. Scales.Zip(ZeroPoints, (scale, zeroPoint) => scheme switch
        {
            QuantizationScheme.UnsignedAffine => Exact(scheme, scale, -(zeroPoint + offset) * scale, byte.MaxValue - zeroPoint - offset),
            QuantizationScheme.UnsignedNonNegative => Exact(scheme, scale, 0, byte.MaxValue),
            _ => Exact(scheme, scale, null, sbyte.MaxValue),
        })];
    }

    public bool Equals(QdqParameters? other) =>
        other is not null && Type == other.Type && Axis == other.Axis && Scales.AsSpan().SequenceEqual(other.Scales) && ZeroPoints.AsSpan().SequenceEqual(other.ZeroPoints);

    public override int GetHashCode() => HashCode.Combine(Type, Scales[0], Axis);

    /// <summary>Multiplying by the number of steps and dividing again can miss the scale by rounding: moves the upper end by ulps until it does not.</summary>
    private static QuantizationRange Exact(QuantizationScheme scheme, float scale, float? low, long steps)
    {
        var high = steps * scale;
        for (var (up, down, ulps) = (high, high, 0); ulps <= MaximalUlps; ulps++, up = MathF.BitIncrement(up), down = MathF.BitDecrement(down))
        {
            foreach (var candidate in (ReadOnlySpan<float>)[up, down])
            {
                var range = new QuantizationRange(low ?? -candidate, candidate);
                if (range.Low <= range.High && QuantizationParameters.Create(scheme, range).Scale == scale)
                {
                    return range;
                }
            }
        }

        return new QuantizationRange(low ?? -high, high);
    }
}
