using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Operators;

/// <summary>Windowed and global pooling of [N,C,H,W].</summary>
internal static class PoolingOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("MaxPool", MaxPool);
        add("AveragePool", AveragePool);
        add("GlobalAveragePool", call => call.Input(0).mean(SpatialAxes(call), keepdim: true));
        add("GlobalMaxPool", call => call.Input(0).amax(SpatialAxes(call), keepdim: true));
    }

    private static long[] SpatialAxes(OperatorCall call) =>
        [.. Enumerable.Range(2, (int)call.Input(0).dim() - 2).Select(axis => (long)axis)];

    private static Tensor MaxPool(OperatorCall call)
    {
        if (call.OutputCount > 1)
        {
            throw call.Unsupported("the Indices output");
        }

        var (window, padding) = Resolve(call);
        var ceil = call.Node.Int("ceil_mode", 0) != 0;

        // LibTorch pads at most half a window by itself.
        var isNative = padding.IsSymmetric && padding.Begin.Zip(window.Kernel).All(pair => pair.First <= pair.Second / 2);
        return isNative
            ? max_pool2d(call.Input(0), window.Kernel, window.Strides, padding.Begin, window.Dilations, ceil)
            : max_pool2d(
                padding.Apply(call.Input(0), double.NegativeInfinity), window.Kernel, window.Strides, new long[2], window.Dilations, ceil);
    }

    private static Tensor AveragePool(OperatorCall call)
    {
        var (window, padding) = Resolve(call);
        if (window.Dilations.Any(dilation => dilation != 1))
        {
            throw call.Unsupported("a dilated average pool");
        }

        var input = call.Input(0);
        var ceil = call.Node.Int("ceil_mode", 0) != 0;
        var includePadding = call.Node.Int("count_include_pad", 0) != 0;
        if (padding.IsSymmetric && padding.Begin.Zip(window.Kernel).All(pair => pair.First <= pair.Second / 2))
        {
            return avg_pool2d(input, window.Kernel, window.Strides, padding.Begin, ceil, includePadding);
        }

        var sums = avg_pool2d(padding.Apply(input, 0), window.Kernel, window.Strides, null, ceil);
        if (includePadding)
        {
            return sums;
        }

        var ones = ones_like(input.narrow(0, 0, 1).narrow(1, 0, 1));
        return sums / avg_pool2d(padding.Apply(ones, 0), window.Kernel, window.Strides, null, ceil);
    }

    private static (Window Window, Padding Padding) Resolve(OperatorCall call)
    {
        var window = Window.Of(call);
        return window.Rank == 2
            ? (window, Padding.Of(call, call.Input(0).shape.AsSpan(2), window.Kernel, window.Strides, window.Dilations))
            : throw call.Unsupported($"pooling over {window.Rank} spatial axes");
    }
}
