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

    /// <summary>Quantizes and dequantizes a tensor [outer, channels, inner] with one range per channel.</summary>
    /// <param name="source">The tensor's values.</param>
    /// <param name="destination">Receives the result; may be the source.</param>
    /// <param name="channels">One element per channel.</param>
    /// <param name="inner">Elements of one channel that lie side by side: the product of the dimensions after the channel axis.</param>
    /// <exception cref="ArgumentException">The spans differ in length, or the length is not a multiple of channels·inner.</exception>
    public static void Apply(ReadOnlySpan<float> source, Span<float> destination, ReadOnlySpan<QuantizationParameters> channels, int inner)
    {
        SpanCheck.SameLength(source.Length, destination.Length);
        SpanCheck.WholeChannels(source.Length, channels.Length, inner);
        for (var (start, channel) = (0, 0); start < source.Length; start += inner, channel = (channel + 1) % channels.Length)
        {
            Apply(source.Slice(start, inner), destination.Slice(start, inner), channels[channel]);
        }
    }
}
