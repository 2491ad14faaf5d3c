using System.Numerics;
using System.Runtime.InteropServices;

namespace QatPipeline.Quantization.Arithmetic;

/// <summary>
/// <see cref="QuantizationParameters.FakeQuantize"/> over tensors. The vector path performs the scalar path's operations lane by
/// lane (true division, rounding half to even), so both give the same bits.
/// </summary>
public static class FakeQuantizer
{
    /// <summary>Quantizes and dequantizes a tensor with one range; in place where both spans are the same.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination, QuantizationParameters parameters)
    {
        SpanCheck.SameLength(source.Length, destination.Length);
        var (low, high) = parameters.CenteredLimits;
        var (scaleVector, lowVector, highVector) = (new Vector<float>(parameters.Scale), new Vector<float>(low), new Vector<float>(high));
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);

        var i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var values = Vector.LoadUnsafe(ref from, (nuint)i);
            (QuantizeKernel.Centered(values, scaleVector, lowVector, highVector) * scaleVector).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = parameters.FakeQuantize(source[i]);
        }
    }
}
