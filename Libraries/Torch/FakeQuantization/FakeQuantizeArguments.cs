using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>What one application of a quantizer needs: parameters and gradient bounds per tensor, or per channel of an axis.</summary>
internal sealed class FakeQuantizeArguments
{
    public FakeQuantizeArguments(QuantizationScheme scheme, int? axis, IReadOnlyList<QuantizationRange> ranges)
    {
        Axis = axis;
        Parameters = [.. ranges.Select(range => QuantizationParameters.Create(scheme, range))];
        Bounds = [.. ranges.Zip(Parameters, (range, parameters) => GradientBounds(scheme, range, parameters))];
        IsSymmetric = scheme.IsSigned();
    }

    /// <summary>The axis with one element per index; null for a single element.</summary>
    public int? Axis { get; }

    public QuantizationParameters[] Parameters { get; }

    /// <summary>The inclusive interval in which gradients pass (reference 6.1: |x| ≤ amax).</summary>
    public QuantizationRange[] Bounds { get; }

    /// <summary>Whether both ends of the range move together.</summary>
    public bool IsSymmetric { get; }

    // An affine range is shifted until zero has an exact code; what the codes represent is what clips.
    private static QuantizationRange GradientBounds(
        QuantizationScheme scheme, QuantizationRange range, QuantizationParameters parameters) => scheme switch
        {
            QuantizationScheme.UnsignedNonNegative => new(0, MathF.Max(range.High, 0)),
            QuantizationScheme.UnsignedAffine or QuantizationScheme.UnsignedHardSwish =>
                new(parameters.Dequantize(parameters.QMin), parameters.Dequantize(parameters.QMax)),
            _ => QuantizationRange.FromAmax(range.Amax),
        };
}
