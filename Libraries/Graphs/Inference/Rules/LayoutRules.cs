namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators that join, cut and reorder tensors.</summary>
internal static class LayoutRules
{
    public static void Concat(NodeContext context)
    {
        var shapes = Enumerable.Range(0, context.Node.Inputs.Count).Select(context.Shape).ToArray();
        if (shapes.Length == 0 || shapes.FirstOrDefault(shape => shape is not null) is not { } model)
        {
            return;
        }

        var joined = NodeContext.Axis(context.Node.Int("axis", 0), model.Count);
        var result = model.ToArray();
        foreach (var shape in shapes.OfType<IReadOnlyList<Dimension>>())
        {
            if (shape.Count != result.Length || shape.Where((dimension, axis) => axis != joined && Differ(dimension, result[axis])).Any())
            {
                throw new GraphException(
                    $"Shapes [{string.Join(", ", model)}] and [{string.Join(", ", shape)}] cannot be joined on axis {joined}.");
            }

            for (var axis = 0; axis < result.Length; axis++)
            {
                result[axis] = result[axis].IsKnown ? result[axis]
                    : shape[axis].IsKnown || result[axis] == default ? shape[axis]
                    : result[axis];
            }
        }

        result[joined] = shapes.Select(shape => shape is null ? default : shape[joined]).Aggregate(Dimensions.Sum);
        context.Set(0, context.Type(0), result);
    }

    public static void Split(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        var axis = NodeContext.Axis(context.Node.Int("axis", 0), input.Count);
        var sizes = SplitSizes(context, input[axis]);
        for (var output = 0; output < context.Node.Outputs.Count; output++)
        {
            var shape = input.ToArray();
            shape[axis] = sizes is null ? default : sizes[output];
            context.Set(output, context.Type(0), shape);
        }
    }

    /// <summary>Named parts, or equal ones of which the last may be smaller; null where they are not known.</summary>
    public static long[]? SplitSizes(NodeContext context, Dimension whole)
    {
        var parts = context.Node.Outputs.Count;
        if (context.AttributeOrInput("split", 1) is { } sizes)
        {
            return sizes.Length == parts ? sizes : throw new GraphException($"{sizes.Length} split sizes for {parts} outputs.");
        }

        if (context.Has(1) || whole.Value is not { } length)
        {
            return null;
        }

        var size = (length + parts - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(part => Math.Clamp(length - (part * size), 0, size))];
    }

    public static void Slice(NodeContext context)
    {
        if (context.Shape(0) is { } input)
        {
            var slices = SliceParameters.Read(context, input.Count);
            context.Set(0, context.Type(0), slices is null
                ? new Dimension[input.Count]
                : [.. input.Select((dimension, axis) => slices[axis].LengthOf(dimension))]);
        }
    }

    public static void Gather(NodeContext context)
    {
        if (context.Shape(0) is { } data && context.Shape(1) is { } indices)
        {
            var axis = NodeContext.Axis(context.Node.Int("axis", 0), data.Count);
            context.Set(0, context.Type(0), [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)]);
        }
    }

    public static void Pad(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        var axes = context.KnownIntegers(3)?.Select(axis => NodeContext.Axis(axis, input.Count)).ToArray()
            ?? [.. Enumerable.Range(0, input.Count)];
        var result = new Dimension[input.Count];
        if (context.AttributeOrInput("pads", 1) is { } pads && pads.Length == 2 * axes.Length)
        {
            input.ToArray().CopyTo(result, 0);
            for (var index = 0; index < axes.Length; index++)
            {
                result[axes[index]] = Dimensions.Sum(input[axes[index]], pads[index] + pads[index + axes.Length]);
            }
        }

        context.Set(0, context.Type(0), result);
    }

    public static void Transpose(NodeContext context)
    {
        if (context.Shape(0) is { } input)
        {
            context.Set(0, context.Type(0), [.. Permutation(context.Node, input.Count).Select(axis => input[axis])]);
        }
    }

    /// <summary>The input axis of each output axis; reversed where the node names none.</summary>
    /// <exception cref="GraphException">It is not a permutation of the axes.</exception>
    public static int[] Permutation(Node node, int rank)
    {
        var permutation = node.Ints("perm")?.Select(axis => NodeContext.Axis(axis, rank)).ToArray()
            ?? [.. Enumerable.Range(0, rank).Reverse()];
        return permutation.Length == rank && permutation.Distinct().Count() == rank
            ? permutation
            : throw new GraphException($"[{string.Join(", ", permutation)}] is not a permutation of {rank} axes");
    }

    private static bool Differ(Dimension one, Dimension other) => one.IsKnown && other.IsKnown && one != other;
}
