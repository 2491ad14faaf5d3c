namespace QatPipeline.Quantization.Arithmetic;

/// <summary>How real values become 8-bit codes.</summary>
public enum QuantizationScheme
{
    /// <summary>int8 −128…127, zero point 0, scale = amax/127.</summary>
    SignedSymmetric,

    /// <summary>int8 −127…127, zero point 0, scale = amax/127: weights.</summary>
    SignedNarrow,

    /// <summary>
    /// int8 −64…64, zero point 0, scale = amax/64: weights for processors without VNNI, whose 8-bit products are added in pairs in 16 bits
    /// with saturation. 255·64·2 = 32,640 still fits, so the integer kernels stay exact.
    /// </summary>
    SignedReduced,

    /// <summary>uint8 0…255, zero point 0, scale = amax/255: tensors that cannot be negative.</summary>
    UnsignedNonNegative,

    /// <summary>uint8 0…255 over [low, high] with the zero point on an exact code.</summary>
    UnsignedAffine,

    /// <summary>
    /// uint8 0…255 from −3 with zero point k and scale 3/k, k a whole number: inputs of HardSwish, x·clip(x/6 + ½, 0, 1). With 3 a whole
    /// number of codes its gate has exactly the codes clip(q, 0, 2k) at scale 1/2k, so that all of it runs on integers; what lies below −3
    /// gives 0 in any case.
    /// </summary>
    UnsignedHardSwish,
}

/// <summary>The code interval of each <see cref="QuantizationScheme"/>.</summary>
public static class QuantizationSchemes
{
    private const int ReducedBound = 64;

    /// <summary>Smallest code.</summary>
    public static int QMin(this QuantizationScheme scheme) => scheme switch
    {
        QuantizationScheme.SignedSymmetric => sbyte.MinValue,
        QuantizationScheme.SignedNarrow => -sbyte.MaxValue,
        QuantizationScheme.SignedReduced => -ReducedBound,
        _ => byte.MinValue,
    };

    /// <summary>Largest code.</summary>
    public static int QMax(this QuantizationScheme scheme) => scheme switch
    {
        QuantizationScheme.SignedSymmetric or QuantizationScheme.SignedNarrow => sbyte.MaxValue,
        QuantizationScheme.SignedReduced => ReducedBound,
        _ => byte.MaxValue,
    };

    /// <summary>True where codes are stored as int8, false for uint8.</summary>
    public static bool IsSigned(this QuantizationScheme scheme) =>
        scheme is QuantizationScheme.SignedSymmetric or QuantizationScheme.SignedNarrow or QuantizationScheme.SignedReduced;
}
