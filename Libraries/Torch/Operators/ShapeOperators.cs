namespace QatPipeline.Torch.Operators;

/// <summary>Operators that change the shape and leave the data where it is.</summary>
internal static class ShapeOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Reshape", Reshape);
        add("Flatten", Flatten);
        add("Squeeze", Squeeze);
        add("Unsqueeze", Unsqueeze);
        add("Expand", Expand);
        add("Shape", Shape);
        add("Size", call => tensor(call.Input(0).numel()));
        add("Identity", call => call.Input(0).alias());
        add("Dropout", call => call.Input(0).alias());
        add("Cast", call => Cast(call, (ElementType)call.Node.Int("to", 0)));
        add("CastLike", CastLike);
        add("Constant", Constant);
        add("ConstantOfShape", ConstantOfShape);
        add("Range", Range);
    }

    private static Tensor Reshape(OperatorCall call)
    {
        var input = call.Input(0);
        var target = call.Longs(1);
        if (call.Node.Int("allowzero", 0) == 0)
        {
            for (var axis = 0; axis < target.Length; axis++)
            {
                target[axis] = target[axis] == 0 ? input.shape[axis] : target[axis];
            }
        }

        return input.reshape(Rebatch(call, target));
    }

    // A graph written for a fixed batch size names that size in its shape constants; the data's own batch axis says that it is meant.
    private static long[] Rebatch(OperatorCall call, long[] target)
    {
        if (call.Context.IsRebatched
            && target is [var first, ..]
            && first == call.Context.DeclaredBatch
            && call.Input(0).dim() > 0
            && call.Input(0).shape[0] == call.Context.Batch)
        {
            target[0] = call.Context.Batch;
        }

        return target;
    }

    private static Tensor Range(OperatorCall call) => call.Input(0).is_floating_point()
        ? arange(call.Input(0).item<float>(), call.Input(1).item<float>(), call.Input(2).item<float>()).to(call.Context.Device)
        : arange(call.Longs(0)[0], call.Longs(1)[0], call.Longs(2)[0]);

    private static Tensor Flatten(OperatorCall call)
    {
        var shape = call.Input(0).shape;
        var axis = (int)call.Node.Int("axis", 1);
        var rows = shape[..(axis < 0 ? axis + shape.Length : axis)].Aggregate(1L, (product, size) => product * size);
        return call.Input(0).reshape(rows, -1);
    }

    private static Tensor Squeeze(OperatorCall call)
    {
        var input = call.Input(0);
        if (call.LongsOrAttribute(1, "axes") is not { } axes)
        {
            return input.squeeze();
        }

        var result = input.alias();
        foreach (var axis in axes.Select(axis => axis < 0 ? axis + input.dim() : axis).OrderDescending())
        {
            result = result.squeeze(axis);
        }

        return result;
    }

    private static Tensor Unsqueeze(OperatorCall call)
    {
        var axes = call.LongsOrAttribute(1, "axes") ?? throw call.Unsupported("an Unsqueeze without axes");
        var rank = call.Input(0).dim() + axes.Length;
        var result = call.Input(0).alias();
        foreach (var axis in axes.Select(axis => axis < 0 ? axis + rank : axis).Order())
        {
            result = result.unsqueeze(axis);
        }

        return result;
    }

    private static Tensor Shape(OperatorCall call)
    {
        var shape = call.Input(0).shape;
        var start = Bound(call.Node.Int("start", 0), shape.Length);
        var end = Bound(call.Node.Int("end", shape.Length), shape.Length);
        return tensor(shape[start..Math.Max(start, end)]);
    }

    private static int Bound(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);

    private static Tensor Expand(OperatorCall call)
    {
        var input = call.Input(0);
        var shape = ones(Rebatch(call, call.Longs(1)), dtype: input.dtype, device: input.device);
        return input.dtype == ScalarType.Bool ? input.logical_and(shape) : input * shape;
    }

    private static Tensor CastLike(OperatorCall call) => Cast(call, call.Input(1) switch
    {
        var like when like.is_floating_point() => ElementType.Float,
        { dtype: ScalarType.Bool } => ElementType.Bool,
        _ => ElementType.Int64,
    });

    private static Tensor Cast(OperatorCall call, ElementType target) => target switch
    {
        ElementType.Float or ElementType.Float16 or ElementType.Double or ElementType.BFloat16 =>
            call.Input(0).to(ScalarType.Float32).to(call.Context.Device),
        ElementType.Int64 or ElementType.Int32 or ElementType.Int16 or ElementType.Int8 or ElementType.UInt8 =>
            call.Input(0).to(ScalarType.Int64).cpu(),
        ElementType.Bool => call.Input(0).to(ScalarType.Bool),
        var type => throw call.Unsupported($"a cast to {type}"),
    };

    private static Tensor Constant(OperatorCall call)
    {
        var attributes = call.Node.Attributes;
        var value = attributes.Values.FirstOrDefault() switch
        {
            TensorAttribute { Value: var constant } => constant.ToTorch(),
            FloatAttribute { Value: var number } => tensor(number),
            FloatsAttribute { Values: var numbers } => tensor(numbers.ToArray()),
            IntAttribute { Value: var number } => tensor(number),
            IntsAttribute { Values: var numbers } => tensor(numbers.ToArray()),
            _ => throw call.Unsupported($"a constant of kind {string.Join(", ", attributes.Keys)}"),
        };
        return value.is_floating_point() ? value.to(call.Context.Device) : value;
    }

    private static Tensor ConstantOfShape(OperatorCall call)
    {
        var value = call.Node.Attributes.GetValueOrDefault("value") is TensorAttribute { Value: var constant }
            ? constant.ToTorch()
            : tensor(0f);
        var result = value.reshape([]).expand(call.Longs(0)).contiguous();
        return result.is_floating_point() ? result.to(call.Context.Device) : result;
    }
}
