using System.Numerics;
using System.Runtime.InteropServices;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>
/// The gradient of a learned per-tensor range with respect to the logarithms of its ends (low, high), in the manner of learned step
/// size quantization (Esser et al. 2020): outside the range an end moves with the outputs it clips; inside, the step size moves with
/// the rounding error, dy/dscale = round(x/scale) − x/scale.
/// </summary>
internal static class RangeGradient
{
    public static Tensor Compute(Tensor gradient, Tensor input, FakeQuantizeArguments arguments)
    {
        var (clippedLow, rounding, clippedHigh) = Sums(gradient, input, arguments);
        var bounds = arguments.Bounds[0];
        var parameters = arguments.Parameters[0];

        // Normalises by element count and code count, so that one learning rate suits every tensor.
        var normalizer = 1 / Math.Sqrt(input.numel() * (double)Math.Max(1, parameters.QMax));
        double low, high;

        // The codes of a range that holds nothing but zero have no levels at all.
        if (arguments.IsSymmetric)
        {
            (low, high) = (0, bounds.High * (clippedHigh - clippedLow + (rounding / Math.Max(1, parameters.QMax))));
        }
        else
        {
            var levels = Math.Max(1, parameters.QMax - parameters.QMin);
            low = bounds.Low * (clippedLow - (rounding / levels));
            high = bounds.High * (clippedHigh + (rounding / levels));
        }

        return tensor(new float[] { (float)(low * normalizer), (float)(high * normalizer) }, device: input.device);
    }

    // Σ dy·[x < low], Σ dy·(round(x/s) − x/s)·[inside], Σ dy·[x > high].
    private static (double Low, double Rounding, double High) Sums(Tensor gradient, Tensor input, FakeQuantizeArguments arguments)
    {
        using var outer = gradient.to(CPU).contiguous();
        using var source = input.to(CPU).contiguous();
        var elements = source.numel();
        var blocks = (int)((elements + TensorSpans.BlockLength - 1) / TensorSpans.BlockLength);
        var partial = new (double Low, double Rounding, double High)[blocks];
        TensorSpans.ForEach(blocks, elements, block =>
        {
            var start = block * TensorSpans.BlockLength;
            var length = (int)Math.Min(TensorSpans.BlockLength, elements - start);
            partial[block] = BlockSums(
                TensorSpans.Floats(outer).Slice(start, length),
                TensorSpans.Floats(source).Slice(start, length),
                arguments.Bounds[0],
                arguments.Parameters[0].Scale);
        });
        return partial.Aggregate((sum, next) => (sum.Low + next.Low, sum.Rounding + next.Rounding, sum.High + next.High));
    }

    private static (double Low, double Rounding, double High) BlockSums(
        ReadOnlySpan<float> gradient, ReadOnlySpan<float> input, QuantizationRange bounds, float scale)
    {
        var (lowBound, highBound, step) = (new Vector<float>(bounds.Low), new Vector<float>(bounds.High), new Vector<float>(scale));
        var (low, rounding, high) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        ref var gradientStart = ref MemoryMarshal.GetReference(gradient);
        ref var inputStart = ref MemoryMarshal.GetReference(input);
        var index = 0;
        for (; index <= input.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var x = Vector.LoadUnsafe(ref inputStart, (nuint)index);
            var dy = Vector.LoadUnsafe(ref gradientStart, (nuint)index);
            var (isBelow, isAbove) = (Vector.LessThan(x, lowBound), Vector.GreaterThan(x, highBound));
            var codes = x / step;
            var error = (Vector.Round(codes) - codes) * dy;
            low += Vector.ConditionalSelect(isBelow, dy, Vector<float>.Zero);
            high += Vector.ConditionalSelect(isAbove, dy, Vector<float>.Zero);
            rounding += Vector.ConditionalSelect(Vector.BitwiseOr(isBelow, isAbove), Vector<float>.Zero, error);
        }

        var (lowSum, roundingSum, highSum) = (Vector.Sum(low), Vector.Sum(rounding), Vector.Sum(high));
        for (; index < input.Length; index++)
        {
            var (x, dy) = (input[index], gradient[index]);
            lowSum += x < bounds.Low ? dy : 0;
            highSum += x > bounds.High ? dy : 0;
            roundingSum += x < bounds.Low || x > bounds.High ? 0 : dy * (MathF.Round(x / scale) - (x / scale));
        }

        return (lowSum, roundingSum, highSum);
    }
}
