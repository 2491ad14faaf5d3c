using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QatPipeline.Quantization.Arithmetic;

/// <summary>Tensors to 8-bit codes: <see cref="QuantizationParameters.Quantize"/> over spans.</summary>
public static class CodeQuantizer
{
    /// <summary>Codes of a tensor with a signed scheme.</summary>
    /// <exception cref="ArgumentException">The spans differ in length, or the codes don't fit int8.</exception>
    public static void Quantize(ReadOnlySpan<float> source, Span<sbyte> codes, QuantizationParameters parameters)
    {
        CheckCodes(parameters, sbyte.MinValue, sbyte.MaxValue);
        QuantizeBytes(source, MemoryMarshal.Cast<sbyte, byte>(codes), parameters);
    }

    /// <summary>Codes of a tensor with an unsigned scheme.</summary>
    /// <exception cref="ArgumentException">The spans differ in length, or the codes don't fit uint8.</exception>
    public static void Quantize(ReadOnlySpan<float> source, Span<byte> codes, QuantizationParameters parameters)
    {
        CheckCodes(parameters, byte.MinValue, byte.MaxValue);
        QuantizeBytes(source, codes, parameters);
    }

    /// <summary>An int8 code and its two's complement byte are the same bits, so one kernel serves both.</summary>
    private static void QuantizeBytes(ReadOnlySpan<float> source, Span<byte> codes, QuantizationParameters parameters)
    {
        SpanCheck.SameLength(source.Length, codes.Length);
        var (low, high) = parameters.CenteredLimits;
        var (scale, lowVector, highVector) = (new Vector<float>(parameters.Scale), new Vector<float>(low), new Vector<float>(high));
        var zeroPoint = new Vector<int>(parameters.ZeroPoint);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(codes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector<int> Codes(ref float values, int at)
        {
            // Saturating conversion: NaN becomes 0, the zero point.
            var centered = QuantizeKernel.Centered(Vector.LoadUnsafe(ref values, (nuint)at), scale, lowVector, highVector);
            return Vector.ConvertToInt32(centered) + zeroPoint;
        }

        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= source.Length - (4 * lanes); i += 4 * lanes)
        {
            var lower = Vector.Narrow(Codes(ref from, i), Codes(ref from, i + lanes));
            var upper = Vector.Narrow(Codes(ref from, i + (2 * lanes)), Codes(ref from, i + (3 * lanes)));
            Vector.AsVectorByte(Vector.Narrow(lower, upper)).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < source.Length; i++)
        {
            codes[i] = unchecked((byte)parameters.Quantize(source[i]));
        }
    }

    private static void CheckCodes(QuantizationParameters parameters, int lowest, int highest)
    {
        if (parameters.QMin < lowest || parameters.QMax > highest)
        {
            throw new ArgumentException($"Codes {parameters.QMin}…{parameters.QMax} don't fit {lowest}…{highest}.", nameof(parameters));
        }
    }
}
