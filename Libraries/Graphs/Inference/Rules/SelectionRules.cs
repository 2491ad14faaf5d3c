namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators that pick elements by indices, scores or coordinates.</summary>
internal static class SelectionRules
{
    private const int BoxesOfSuppression = 3;

    public static void TopK(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        var shape = input.ToArray();
        var given = context.Integers(1) is [var count] ? count : default;
        shape[NodeContext.Axis(context.Node.Int("axis", -1), input.Count)] = context.Node.Int("k", -1) is >= 0 and var fixedCount
            ? fixedCount
            : given;
        context.Set(0, context.Type(0), shape);
        context.Set(1, ElementType.Int64, shape);
    }

    public static void GatherElements(NodeContext context) => context.Set(0, context.Type(0), context.Shape(1));

    public static void GatherND(NodeContext context)
    {
        if (context.Shape(0) is { } data && context.Shape(1) is { Count: > 0 } indices && indices[^1].Value is { } depth)
        {
            var taken = context.Node.Int("batch_dims", 0) + depth;
            context.Set(0, context.Type(0), taken >= 0 && taken <= data.Count
                ? [.. indices.SkipLast(1), .. data.Skip((int)taken)]
                : throw new GraphException($"Indices of {depth} axes do not fit [{string.Join(", ", data)}]."));
        }
    }

    public static void NonZero(NodeContext context) =>
        context.Set(0, ElementType.Int64, [context.Shape(0) is { } input ? (Dimension)input.Count : default, default]);

    public static void NonMaxSuppression(NodeContext context) => context.Set(0, ElementType.Int64, [default, BoxesOfSuppression]);

    public static void GridSample(NodeContext context)
    {
        if (context.Shape(0) is { Count: > 2 } input && context.Shape(1) is { Count: > 2 } grid)
        {
            context.Set(0, context.Type(0), [input[0], input[1], .. grid.Skip(1).SkipLast(1)]);
        }
    }

    public static void RoiAlign(NodeContext context)
    {
        if (context.Shape(0) is [_, var channels, _, _] && context.Shape(1) is [var regions, _])
        {
            context.Set(
                0,
                context.Type(0),
                [regions, channels, context.Node.Int("output_height", 1), context.Node.Int("output_width", 1)]);
        }
    }
}
