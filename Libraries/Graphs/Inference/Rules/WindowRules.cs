namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators on feature maps [N, C, spatial…].</summary>
internal static class WindowRules
{
    public static void Conv(NodeContext context)
    {
        if (Maps(context.Shape(0), context.Shape(1)) is var (input, weight))
        {
            var kernel = weight.Skip(2).Select(dimension => dimension.Value).ToArray();
            context.Set(0, context.Type(0), [input[0], weight[0], .. Windows(context, input, kernel)]);
        }
    }

    public static void Pool(NodeContext context)
    {
        if (context.Shape(0) is { Count: > 2 } input)
        {
            var kernel = context.Ints("kernel_shape", input.Count - 2, 1).Select(size => (long?)size).ToArray();
            Dimension[] shape = [input[0], input[1], .. Windows(context, input, kernel)];
            context.Set(0, context.Type(0), shape);
            context.Set(1, ElementType.Int64, shape);
        }
    }

    public static void ConvTranspose(NodeContext context)
    {
        if (Maps(context.Shape(0), context.Shape(1)) is not var (input, weight))
        {
            return;
        }

        var spatial = input.Count - 2;
        var strides = context.Ints("strides", spatial, 1);
        var dilations = context.Ints("dilations", spatial, 1);
        var padding = context.Ints("output_padding", spatial, 0);
        var pads = context.Ints("pads", 2 * spatial, 0);
        var fixedShape = context.Node.Ints("output_shape") is null ? null : context.Ints("output_shape", spatial, 0);
        var same = context.Node.String("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal);
        var result = new Dimension[input.Count];
        result[0] = input[0];
        result[1] = Dimensions.Product(weight[1], context.Node.Int("group", 1));
        for (var axis = 0; axis < spatial; axis++)
        {
            result[axis + 2] = (fixedShape?[axis], input[axis + 2].Value, weight[axis + 2].Value) switch
            {
                ({ } size, _, _) => size,
                (_, { } size, { } kernel) => same
                    ? size * strides[axis]
                    : (strides[axis] * (size - 1)) + padding[axis] + ((kernel - 1) * dilations[axis]) + 1
                        - pads[axis] - pads[axis + spatial],
                _ => default(Dimension),
            };
        }

        context.Set(0, context.Type(0), result);
    }

    public static void GlobalPool(NodeContext context)
    {
        if (context.Shape(0) is { Count: > 2 } input)
        {
            context.Set(0, context.Type(0), [input[0], input[1], .. Enumerable.Repeat((Dimension)1, input.Count - 2)]);
        }
    }

    public static void BatchNormalization(NodeContext context)
    {
        context.Set(0, context.Type(0), context.Shape(0));
        for (var output = 1; output < context.Node.Outputs.Count; output++)
        {
            context.Set(output, context.Type(0), context.Shape(1));
        }
    }

    /// <summary>
    /// Scales are input 1 in opset 10 and input 2 since; sizes are input 3. From opset 18 both may name a subset of the axes.
    /// </summary>
    public static void Resize(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        var axes = context.Node.Ints("axes")?.Select(axis => NodeContext.Axis(axis, input.Count)).ToArray()
            ?? [.. Enumerable.Range(0, input.Count)];
        var sizes = context.Integers(3);
        var scales = context.Constant(context.Opset == 10 ? 1 : 2)?.ToFloats();
        var keepsAspect = context.Node.String("keep_aspect_ratio_policy", "stretch") != "stretch";
        var result = input.ToArray();
        for (var index = 0; index < axes.Length; index++)
        {
            result[axes[index]] = sizes?.Count == axes.Length && !keepsAspect ? sizes[index]
                : scales?.Length == axes.Length ? Scaled(input[axes[index]], scales[index])
                : default;
        }

        context.Set(0, context.Type(0), result);
    }

    public static void DepthToSpace(NodeContext context)
    {
        var block = context.Node.Int("blocksize", 1);
        if (context.Shape(0) is [var batch, var depth, var height, var width])
        {
            context.Set(
                0,
                context.Type(0),
                [batch, Quotient(depth, block * block), Dimensions.Product(height, block), Dimensions.Product(width, block)]);
        }
    }

    public static void SpaceToDepth(NodeContext context)
    {
        var block = context.Node.Int("blocksize", 1);
        if (context.Shape(0) is [var batch, var depth, var height, var width])
        {
            context.Set(
                0, context.Type(0), [batch, Dimensions.Product(depth, block * block), Quotient(height, block), Quotient(width, block)]);
        }
    }

    private static (IReadOnlyList<Dimension> Input, IReadOnlyList<Dimension> Weight)? Maps(
        IReadOnlyList<Dimension>? input, IReadOnlyList<Dimension>? weight)
    {
        if (input is null || weight is null)
        {
            return null;
        }

        return input.Count >= 3 && input.Count == weight.Count
            ? (input, weight)
            : throw new GraphException($"Input [{string.Join(", ", input)}] does not fit weight [{string.Join(", ", weight)}].");
    }

    private static IEnumerable<Dimension> Windows(NodeContext context, IReadOnlyList<Dimension> input, long?[] kernel)
    {
        var spatial = kernel.Length;
        var strides = context.Ints("strides", spatial, 1);
        var dilations = context.Ints("dilations", spatial, 1);
        var autoPad = context.Node.String("auto_pad", "NOTSET");
        var pads = autoPad == "VALID" ? new long[2 * spatial] : context.Ints("pads", 2 * spatial, 0);
        var ceil = context.Node.Int("ceil_mode", 0) != 0;
        if (strides.Any(stride => stride <= 0))
        {
            throw new GraphException($"Strides [{string.Join(", ", strides)}] must be positive.");
        }

        return Enumerable.Range(0, spatial).Select(axis => (input[axis + 2].Value, kernel[axis]) switch
        {
            ({ } size, _) when autoPad.StartsWith("SAME", StringComparison.Ordinal) => (size + strides[axis] - 1) / strides[axis],
            ({ } size, { } window) => Window(
                size, ((window - 1) * dilations[axis]) + 1, strides[axis], pads[axis], pads[axis + spatial], ceil),
            _ => default(Dimension),
        });
    }

    private static Dimension Window(long size, long extent, long stride, long padBefore, long padAfter, bool ceil)
    {
        var room = size + padBefore + padAfter - extent;
        if (room < 0)
        {
            throw new GraphException($"A window of {extent} does not fit into {size} with padding {padBefore} and {padAfter}.");
        }

        var count = ((ceil ? room + stride - 1 : room) / stride) + 1;

        // A window that would begin in the padding behind the input does not count.
        return ceil && (count - 1) * stride >= size + padBefore ? count - 1 : count;
    }

    private static Dimension Scaled(Dimension dimension, float scale) =>
        scale == 1 ? dimension : dimension.Value is { } size ? (Dimension)(long)Math.Floor(size * (double)scale) : default;

    private static Dimension Quotient(Dimension dimension, long divisor) =>
        dimension.Value is { } size && divisor > 0 ? size / divisor : default(Dimension);
}
