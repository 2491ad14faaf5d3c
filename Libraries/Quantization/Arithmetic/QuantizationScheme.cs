namespace QatPipeline.Quantization;

/// <summary>How real values become 8-bit codes.</summary>
public enum QuantizationScheme
{
    /// <summary>int8 −128…127, zero point 0, scale = amax/127.</summary>
    SignedSymmetric,

    /// <summary>int8 −127…127, zero point 0, scale = amax/127: weights.</summary>
    SignedNarrow,

    /// <summary>uint8 0…255, zero point 0, scale = amax/255: tensors that cannot be negative.</summary>
    UnsignedNonNegative,

    /// <summary>uint8 0…255 over [low, high] with the zero point on an exact code.</summary>
    UnsignedAffine,
}

/// <summary>The code interval of each <see cref="QuantizationScheme"/>.</summary>
public static class QuantizationSchemes
{
    /// <summary>Smallest code.</summary>
    public static int QMin(this QuantizationScheme scheme) => scheme switch
    {
        QuantizationScheme.SignedSymmetric => sbyte.MinValue,
        QuantizationScheme.SignedNarrow => -sbyte.MaxValue,
        _ => byte.MinValue,
    };

    /// <summary>Largest code.</summary>
    public static int QMax(this QuantizationScheme scheme) => scheme.IsSigned() ? sbyte.MaxValue : byte.MaxValue;

    /// <summary>True where codes are stored as int8, false for uint8.</summary>
    public static bool IsSigned(this QuantizationScheme scheme) =>
        scheme is QuantizationScheme.SignedSymmetric or QuantizationScheme.SignedNarrow;
}
