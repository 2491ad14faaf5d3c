using System.Numerics;
using System.Runtime.InteropServices;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>
/// Forward and straight-through backward of fake quantization: one pass over memory on the CPU, LibTorch operations elsewhere.
/// </summary>
internal static class FakeQuantizeKernel
{
    public static Tensor Forward(Tensor input, FakeQuantizeArguments arguments)
    {
        if (!TensorSpans.IsDirect(input))
        {
            return DeviceFakeQuantize.Forward(input, arguments);
        }

        using var source = input.contiguous();
        var result = empty_like(source, requires_grad: false);
        ForEachRow(source, arguments, (start, length, channel) =>
            FakeQuantizer.Apply(Slice(source, start, length), Slice(result, start, length), arguments.Parameters[channel]));
        return result;
    }

    /// <summary>The gradient where the input lies inside the bounds, inclusive; 0 elsewhere.</summary>
    public static Tensor Backward(Tensor gradient, Tensor input, FakeQuantizeArguments arguments)
    {
        if (!TensorSpans.IsDirect(input))
        {
            return DeviceFakeQuantize.Backward(gradient, input, arguments);
        }

        using var outer = gradient.contiguous();
        using var source = input.contiguous();
        var result = empty_like(source, requires_grad: false);
        ForEachRow(source, arguments, (start, length, channel) =>
            Mask(Slice(outer, start, length), Slice(source, start, length), Slice(result, start, length), arguments.Bounds[channel]));
        return result;
    }

    /// <summary>Calls the body for runs of elements that share one channel: (start, length, channel).</summary>
    private static void ForEachRow(Tensor source, FakeQuantizeArguments arguments, Action<long, int, int> body)
    {
        var elements = source.numel();
        if (arguments.Parameters.Length == 1)
        {
            var blocks = (int)((elements + TensorSpans.BlockLength - 1) / TensorSpans.BlockLength);
            TensorSpans.ForEach(blocks, elements, block =>
            {
                var start = (long)block * TensorSpans.BlockLength;
                body(start, (int)Math.Min(TensorSpans.BlockLength, elements - start), 0);
            });
            return;
        }

        var inner = (int)source.shape.Skip(arguments.Axis!.Value + 1).Aggregate(1L, (product, size) => product * size);
        var rows = (int)(elements / inner);
        TensorSpans.ForEach(rows, elements, row => body((long)row * inner, inner, row % arguments.Parameters.Length));
    }

    private static Span<float> Slice(Tensor contiguous, long start, int length) => TensorSpans.Floats(contiguous).Slice((int)start, length);

    private static void Mask(ReadOnlySpan<float> gradient, ReadOnlySpan<float> input, Span<float> result, QuantizationRange bounds)
    {
        var (low, high) = (new Vector<float>(bounds.Low), new Vector<float>(bounds.High));
        ref var gradientStart = ref MemoryMarshal.GetReference(gradient);
        ref var inputStart = ref MemoryMarshal.GetReference(input);
        ref var resultStart = ref MemoryMarshal.GetReference(result);
        var index = 0;
        for (; index <= result.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var x = Vector.LoadUnsafe(ref inputStart, (nuint)index);
            var isInside = Vector.BitwiseAnd(Vector.GreaterThanOrEqual(x, low), Vector.LessThanOrEqual(x, high));
            var passed = Vector.ConditionalSelect(isInside, Vector.LoadUnsafe(ref gradientStart, (nuint)index), Vector<float>.Zero);
            passed.StoreUnsafe(ref resultStart, (nuint)index);
        }

        for (; index < result.Length; index++)
        {
            result[index] = input[index] >= bounds.Low && input[index] <= bounds.High ? gradient[index] : 0;
        }
    }
}
