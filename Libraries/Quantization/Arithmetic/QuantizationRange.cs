namespace QatPipeline.Quantization;

/// <summary>The real interval a quantizer represents.</summary>
public readonly record struct QuantizationRange(float Low, float High)
{
    /// <summary>The symmetric range's bound: the larger magnitude of both ends.</summary>
    public float Amax => MathF.Max(MathF.Abs(Low), MathF.Abs(High));

    public static QuantizationRange FromAmax(float amax) => new(-amax, amax);
}
