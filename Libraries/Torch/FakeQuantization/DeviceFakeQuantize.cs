using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>The same arithmetic in LibTorch operations, for tensors that are not in the CPU's memory.</summary>
internal static class DeviceFakeQuantize
{
    public static Tensor Forward(Tensor input, FakeQuantizeArguments arguments)
    {
        using var scope = NewDisposeScope();
        var scale = Along(input, arguments, parameters => parameters.Scale);
        var low = Along(input, arguments, parameters => parameters.QMin - parameters.ZeroPoint);
        var high = Along(input, arguments, parameters => parameters.QMax - parameters.ZeroPoint);
        return (input / scale).round_().clamp_(low, high).mul_(scale).MoveToOuterDisposeScope();
    }

    public static Tensor Backward(Tensor gradient, Tensor input, FakeQuantizeArguments arguments)
    {
        using var scope = NewDisposeScope();
        var inside = (input >= Along(input, arguments.Axis, arguments.Bounds, bounds => bounds.Low))
            & (input <= Along(input, arguments.Axis, arguments.Bounds, bounds => bounds.High));
        return (gradient * inside).MoveToOuterDisposeScope();
    }

    private static Tensor Along(Tensor input, FakeQuantizeArguments arguments, Func<QuantizationParameters, float> select) =>
        Along(input, arguments.Axis, arguments.Parameters, select);

    private static Tensor Along<T>(Tensor input, int? axis, T[] items, Func<T, float> select)
    {
        long[] shape = [.. Enumerable.Repeat(1L, (int)input.dim())];
        if (items.Length > 1)
        {
            shape[axis!.Value] = items.Length;
        }

        return tensor(Array.ConvertAll(items, item => select(item)), device: input.device).reshape(shape);
    }
}
