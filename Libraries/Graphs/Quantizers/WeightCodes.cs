using System.Runtime.InteropServices;
using QatPipeline.Graphs.Passes;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>Constants to 8-bit codes and back, per tensor or along an axis.</summary>
internal static class WeightCodes
{
    /// <summary>One set of parameters per range.</summary>
    public static QuantizationParameters[] Parameters(this Quantizer quantizer) =>
        [.. quantizer.Ranges.Select(range => QuantizationParameters.Create(quantizer.Scheme, range))];

    /// <summary>The codes a calibrated weight quantizer gives its weight, of the same shape.</summary>
    public static Tensor Quantize(Tensor weight, Quantizer quantizer)
    {
        var parameters = quantizer.Parameters();
        var values = weight.As<float>();
        var codes = new byte[weight.Length];
        var inner = (int)weight.RunLength(quantizer.Axis);
        for (var (start, index) = (0, 0); start < values.Length; start += inner, index++)
        {
            var from = values.Slice(start, inner);
            var to = codes.AsSpan(start, inner);
            if (quantizer.Scheme.IsSigned())
            {
                CodeQuantizer.Quantize(from, MemoryMarshal.Cast<byte, sbyte>(to), parameters[index % parameters.Length]);
            }
            else
            {
                CodeQuantizer.Quantize(from, to, parameters[index % parameters.Length]);
            }
        }

        return new Tensor(quantizer.Scheme.IsSigned() ? ElementType.Int8 : ElementType.UInt8, weight.Dimensions, codes);
    }

    /// <summary>The weight as the quantizer simulates it: its codes' real values.</summary>
    public static Tensor ToGrid(Tensor weight, Quantizer quantizer)
    {
        var parameters = quantizer.Parameters();
        var codes = Quantize(weight, quantizer);
        return new QuantizeParameters(
            Array.ConvertAll(parameters, parameter => parameter.Scale),
            Array.ConvertAll(parameters, parameter => parameter.ZeroPoint),
            codes.Type,
            quantizer.Axis)
            .Dequantize(codes);
    }
}
