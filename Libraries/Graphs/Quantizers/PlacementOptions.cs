using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>What the placement of quantizers is free to choose.</summary>
public sealed record PlacementOptions
{
    /// <summary>
    /// Glob patterns (<c>*</c>, <c>?</c>) over node names and the hosts' names; what matches stays float. The default leaves the frozen
    /// projection of distribution-based heads alone (reference 5.1).
    /// </summary>
    public IReadOnlyList<string> SkipNodes { get; init; } = ["*proj_conv*"];

    /// <summary>Of all weights; the default −127…127 lets batch normalization with a negative γ be folded exactly.</summary>
    public QuantizationScheme WeightScheme { get; init; } = QuantizationScheme.SignedNarrow;

    /// <summary>
    /// The axis of a ConvTranspose weight [Cin, Cout, kH, kW] that carries one range per index: 0 for TensorRT 8, whose int8 kernels
    /// scale per input channel (reference 5.1), 1 for portable ONNX.
    /// </summary>
    public int TransposedConvolutionAxis { get; init; }

    /// <summary>True where the network reads images in 0…1, as this pipeline prepares them; false for images normalised around 0.</summary>
    public bool InputsAreNonNegative { get; init; } = true;

    internal int WeightAxis(Node node) => node.OpType switch
    {
        "ConvTranspose" => TransposedConvolutionAxis,
        "Gemm" => node.Int("transB", 0) != 0 ? 0 : 1,
        "MatMul" => 1,
        _ => 0,
    };
}
