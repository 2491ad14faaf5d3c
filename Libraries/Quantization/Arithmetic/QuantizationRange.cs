namespace QatPipeline.Quantization.Arithmetic;

/// <summary>The real interval a quantizer represents.</summary>
public readonly record struct QuantizationRange(float Low, float High)
{
    /// <summary>The symmetric range's bound: the larger magnitude of both ends.</summary>
    public float Amax => MathF.Max(MathF.Abs(Low), MathF.Abs(High));

    /// <summary>The symmetric interval [−amax, amax].</summary>
    public static QuantizationRange FromAmax(float amax) => new(-amax, amax);

    /// <summary>The smallest interval that holds both: the range shared by quantizers that must agree.</summary>
    public QuantizationRange Union(QuantizationRange other) => new(MathF.Min(Low, other.Low), MathF.Max(High, other.High));
}
