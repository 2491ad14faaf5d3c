using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Operators;

/// <summary>Conv and ConvTranspose on [N,C,L] and [N,C,H,W].</summary>
internal static class ConvolutionOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Conv", Conv);
        add("ConvTranspose", ConvTranspose);
    }

    private static Tensor Conv(OperatorCall call)
    {
        var (input, weight, bias) = (call.Input(0), call.Input(1), call.Optional(2));
        var window = Window.Of(call, weight.shape[2..]);
        var padding = Padding.Of(call, input.shape.AsSpan(2), window.Kernel, window.Strides, window.Dilations);
        var group = call.Node.Int("group", 1);
        var padded = padding.IsSymmetric ? input : padding.Apply(input, 0);
        var amounts = padding.IsSymmetric ? padding.Begin : new long[window.Rank];
        return window.Rank switch
        {
            1 => conv1d(padded, weight, bias, window.Strides[0], amounts[0], window.Dilations[0], group),
            2 => conv2d(padded, weight, bias, window.Strides, amounts, window.Dilations, group),
            _ => throw call.Unsupported($"a convolution over {window.Rank} spatial axes"),
        };
    }

    private static Tensor ConvTranspose(OperatorCall call)
    {
        var (input, weight, bias) = (call.Input(0), call.Input(1), call.Optional(2));
        var window = Window.Of(call, weight.shape[2..]);
        if (window.Rank != 2)
        {
            throw call.Unsupported($"a transposed convolution over {window.Rank} spatial axes");
        }

        var extra = call.Node.Ints("output_padding")?.ToArray() ?? new long[2];
        var padding = OutputPadding(call, input, window, extra);
        var group = call.Node.Int("group", 1);
        if (padding.IsSymmetric)
        {
            return conv_transpose2d(input, weight, bias, window.Strides, padding.Begin, extra, window.Dilations, group);
        }

        // The padding of a transposed convolution crops its output, so unequal sides are cropped afterwards.
        var full = conv_transpose2d(input, weight, bias, window.Strides, new long[2], extra, window.Dilations, group);
        for (var axis = 0; axis < 2; axis++)
        {
            full = full.narrow(axis + 2, padding.Begin[axis], full.shape[axis + 2] - padding.Begin[axis] - padding.End[axis]);
        }

        return full;
    }

    private static Padding OutputPadding(OperatorCall call, Tensor input, Window window, long[] extra)
    {
        var mode = call.Node.String("auto_pad", "NOTSET");
        var shape = call.Node.Ints("output_shape");
        if (shape is null && mode is not ("SAME_UPPER" or "SAME_LOWER"))
        {
            return Padding.Of(call, input.shape.AsSpan(2), window.Kernel, window.Strides, window.Dilations);
        }

        var (begin, end) = (new long[2], new long[2]);
        for (var axis = 0; axis < 2; axis++)
        {
            var size = input.shape[axis + 2];
            var wanted = shape is null ? size * window.Strides[axis] : shape[shape.Count - 2 + axis];
            var total = ((size - 1) * window.Strides[axis]) + extra[axis]
                + ((window.Kernel[axis] - 1) * window.Dilations[axis]) + 1 - wanted;
            var (small, large) = (total / 2, total - (total / 2));
            (begin[axis], end[axis]) = mode == "SAME_UPPER" ? (small, large) : (large, small);
        }

        return new Padding(begin, end);
    }
}

/// <summary>The window attributes shared by convolution and pooling.</summary>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations)
{
    public int Rank => Kernel.Length;

    public static Window Of(OperatorCall call, long[]? kernel = null)
    {
        var size = kernel ?? call.Node.Ints("kernel_shape")?.ToArray() ?? throw call.Unsupported("a window without kernel_shape");
        return new Window(
            size,
            call.Node.Ints("strides")?.ToArray() ?? Ones(size.Length),
            call.Node.Ints("dilations")?.ToArray() ?? Ones(size.Length));
    }

    private static long[] Ones(int rank) => [.. Enumerable.Repeat(1L, rank)];
}
