namespace QatPipeline.Torch.Operators;

/// <summary>Resize (and the older Upsample) of the spatial axes, nearest and linear, with ONNX's coordinate modes.</summary>
internal static class ResizeOperator
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Resize", Resize);
        add("Upsample", Resize);
    }

    private static Tensor Resize(OperatorCall call)
    {
        var result = call.Input(0).alias();
        var (sizes, scales) = Targets(call);
        if (sizes[0] != result.shape[0] || sizes[1] != result.shape[1])
        {
            throw call.Unsupported("resizing the batch or channel axis");
        }

        var mode = call.Node.String("mode", "nearest");
        if (mode == "nearest" && IsPlainUpsampling(call, result, sizes, scales))
        {
            return nn.functional.interpolate(result, sizes[2..], mode: InterpolationMode.Nearest);
        }

        for (var axis = 2; axis < sizes.Length; axis++)
        {
            var sampling = new ResizeSampling(call, result.shape[axis], sizes[axis], scales[axis]);
            result = mode switch
            {
                "nearest" => result.index_select(axis, tensor(sampling.Nearest(), device: result.device)),
                "linear" => Linear(result, axis, sampling),
                _ => throw call.Unsupported($"resize mode {mode}"),
            };
        }

        return result;
    }

    private static Tensor Linear(Tensor input, int axis, ResizeSampling sampling)
    {
        var (lower, upper, fraction) = sampling.Linear();
        long[] shape = [.. Enumerable.Repeat(1L, (int)input.dim())];
        shape[axis] = -1;
        var weight = tensor(fraction, device: input.device).reshape(shape);
        var left = input.index_select(axis, tensor(lower, device: input.device));
        var right = input.index_select(axis, tensor(upper, device: input.device));
        return left + ((right - left) * weight);
    }

    // LibTorch's own kernel picks floor(output / scale); it is used where the model's coordinate mode picks the same elements.
    private static bool IsPlainUpsampling(OperatorCall call, Tensor input, long[] sizes, float[] scales)
    {
        if (sizes.Length != 4)
        {
            return false;
        }

        for (var axis = 2; axis < sizes.Length; axis++)
        {
            var factor = sizes[axis] / input.shape[axis];
            if (factor * input.shape[axis] != sizes[axis])
            {
                return false;
            }

            var picked = new ResizeSampling(call, input.shape[axis], sizes[axis], scales[axis]).Nearest();
            if (picked.Where((index, output) => index != output / factor).Any())
            {
                return false;
            }
        }

        return true;
    }

    private static (long[] Sizes, float[] Scales) Targets(OperatorCall call)
    {
        var shape = call.Input(0).shape;
        var isLegacy = call.Context.Opset < 11;
        var given = isLegacy ? call.Optional(1) : call.Optional(2);
        if (given is not null && given.numel() > 0)
        {
            var scales = given.ToFloats();
            return ([.. shape.Zip(scales, (size, scale) => (long)Math.Floor(size * scale))], scales);
        }

        if (call.Node.Floats("scales") is { } attribute)
        {
            return ([.. shape.Zip(attribute, (size, scale) => (long)Math.Floor(size * scale))], [.. attribute]);
        }

        var sizes = call.Longs(3);
        sizes[0] = call.Context.IsRebatched ? shape[0] : sizes[0];
        return (sizes, [.. sizes.Zip(shape, (size, before) => (float)size / before)]);
    }
}
