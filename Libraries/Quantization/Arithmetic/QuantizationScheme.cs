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
