using System.Numerics;
using System.Runtime.InteropServices;

namespace QatPipeline.Quantization.Arithmetic;

/// <summary>What quantization costs a tensor.</summary>
public static class QuantizationError
{
    /// <summary>Σ (fakeQuantize(x) − x)², summed in double.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values, QuantizationParameters parameters)
    {
        var (low, high) = parameters.CenteredLimits;
        var (scale, lowVector, highVector) = (new Vector<float>(parameters.Scale), new Vector<float>(low), new Vector<float>(high));
        ref var from = ref MemoryMarshal.GetReference(values);
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = Vector.LoadUnsafe(ref from, (nuint)i);
            var error = (QuantizeKernel.Centered(value, scale, lowVector, highVector) * scale) - value;
            Vector.Widen(error, out var lower, out var upper);
            sums += (lower * lower) + (upper * upper);
        }

        var sum = Vector.Sum(sums);
        for (; i < values.Length; i++)
        {
            var error = (double)(parameters.FakeQuantize(values[i]) - values[i]);
            sum += error * error;
        }

        return sum;
    }
}
