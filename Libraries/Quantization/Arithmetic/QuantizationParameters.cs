namespace QatPipeline.Quantization.Arithmetic;

/// <summary>
/// The arithmetic of one quantizer, as ONNX QuantizeLinear and DequantizeLinear define it, in float32:
/// q = clamp(rint(x / scale) + zeroPoint, qMin, qMax), y = (q − zeroPoint)·scale, rounding half to even.
/// </summary>
/// <remarks>
/// The reference (6.1) multiplies by s = 127/amax instead of dividing by amax/127. Both round x·127/amax; where that product lies
/// within a float32 rounding error of a half, the two can choose neighbouring codes. Engines divide, so we do.
/// </remarks>
/// <param name="Scale">Real size of one code; positive.</param>
/// <param name="ZeroPoint">The code of 0.0.</param>
/// <param name="QMin">Smallest code.</param>
/// <param name="QMax">Largest code.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint, int QMin, int QMax)
{
    /// <summary>Ranges up to this bound hold nothing but zero (reference 6.1).</summary>
    public const float DegenerateAmax = 1f / (1 << 24);

    /// <summary>
    /// The scale of a degenerate range, as if amax were 1: large enough that a bias quantized with it cannot overflow int32, small
    /// enough that the bias of a channel whose weights are all zero keeps its precision.
    /// </summary>
    public const float DegenerateScale = 1f / 127f;

    /// <summary>HardSwish is 0 below minus this, and the identity above this.</summary>
    public const double HardSwishKnee = 3;

    /// <summary>
    /// Parameters for a calibrated range. A range whose bound is at most <see cref="DegenerateAmax"/> has the single code of 0.0, so
    /// that everything quantizes to zero, and <see cref="DegenerateScale"/> for export.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is not finite, or low exceeds high.</exception>
    public static QuantizationParameters Create(QuantizationScheme scheme, QuantizationRange range)
    {
        if (!float.IsFinite(range.Low) || !float.IsFinite(range.High) || range.Low > range.High)
        {
            throw new ArgumentOutOfRangeException(nameof(range), $"[{range.Low}, {range.High}] is not a finite interval.");
        }

        return scheme switch
        {
            QuantizationScheme.UnsignedAffine => Affine(range),
            QuantizationScheme.UnsignedHardSwish => HardSwish(range.High),
            QuantizationScheme.UnsignedNonNegative => Symmetric(scheme, MathF.Max(range.High, 0f)),
            _ => Symmetric(scheme, range.Amax),
        };
    }

    /// <summary>The code of <paramref name="value"/>. NaN has the code of 0.0.</summary>
    public int Quantize(float value)
    {
        var rounded = MathF.Round(value / Scale);
        return float.IsNaN(rounded) ? ZeroPoint : (int)Clamp(rounded) + ZeroPoint;
    }

    /// <summary>The real value of <paramref name="code"/>.</summary>
    public float Dequantize(int code) => (code - ZeroPoint) * Scale;

    /// <summary>Quantize, then dequantize. NaN stays NaN, so that a broken tensor shows.</summary>
    public float FakeQuantize(float value) => Clamp(MathF.Round(value / Scale)) * Scale;

    /// <summary>Lowest and highest code less the zero point: the clamp applied before the zero point is added.</summary>
    internal (float Low, float High) CenteredLimits => (QMin - ZeroPoint, QMax - ZeroPoint);

    private float Clamp(float rounded)
    {
        var (low, high) = CenteredLimits;
        return rounded < low ? low : rounded > high ? high : rounded;
    }

    private static QuantizationParameters Symmetric(QuantizationScheme scheme, float amax) =>
        amax <= DegenerateAmax ? Degenerate : new(amax / scheme.QMax(), 0, scheme.QMin(), scheme.QMax());

    private static QuantizationParameters Affine(QuantizationRange range)
    {
        // Zero must have an exact code (padding, ReLU), so the range always includes it.
        var (low, high) = (MathF.Min(range.Low, 0f), MathF.Max(range.High, 0f));
        if (MathF.Max(-low, high) <= DegenerateAmax)
        {
            return Degenerate;
        }

        var scale = (float)(((double)high - low) / byte.MaxValue);
        var zeroPoint = Math.Clamp((int)MathF.Round(-low / scale), byte.MinValue, byte.MaxValue);
        return new(scale, zeroPoint, byte.MinValue, byte.MaxValue);
    }

    // The whole number of codes from −3 to 0 whose upper end comes nearest to the range's.
    private static QuantizationParameters HardSwish(float high)
    {
        var codes = Math.Clamp((int)Math.Round(HardSwishKnee * byte.MaxValue / (Math.Max(high, 0d) + HardSwishKnee)), 1, byte.MaxValue);
        return new((float)(HardSwishKnee / codes), codes, byte.MinValue, byte.MaxValue);
    }

    private static QuantizationParameters Degenerate => new(DegenerateScale, 0, 0, 0);
}
