namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Matrix products and reductions.</summary>
internal static class MatrixRules
{
    public static void Gemm(NodeContext context)
    {
        if (context.Shape(0) is [var rows, var inner] && context.Shape(1) is [var depth, var columns])
        {
            context.Set(
                0,
                context.Type(0),
                [context.Node.Int("transA", 0) == 0 ? rows : inner, context.Node.Int("transB", 0) == 0 ? columns : depth]);
        }
    }

    /// <summary>numpy.matmul: leading axes broadcast; a vector loses the axis it was given.</summary>
    public static void MatMul(NodeContext context)
    {
        if (context.Shape(0) is not { Count: > 0 } first || context.Shape(1) is not { Count: > 0 } second)
        {
            return;
        }

        var leading = Dimensions.Broadcast([.. first.SkipLast(2)], [.. second.SkipLast(2)])!;
        IEnumerable<Dimension> rows = first.Count > 1 ? [first[^2]] : [];
        IEnumerable<Dimension> columns = second.Count > 1 ? [second[^1]] : [];
        context.Set(0, context.Type(0), [.. leading, .. rows, .. columns]);
    }

    public static void Reduce(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        var axes = context.AttributeOrInput("axes", 1);
        if (axes is null && context.Has(1))
        {
            context.Set(0, context.Type(0), context.Node.Int("keepdims", 1) != 0 ? new Dimension[input.Count] : null);
        }
        else if (axes is null or [])
        {
            var keepsAll = context.Node.Int("noop_with_empty_axes", 0) != 0;
            context.Set(0, context.Type(0), keepsAll ? input : Reduced(context, input, [.. Enumerable.Range(0, input.Count)]));
        }
        else
        {
            context.Set(0, context.Type(0), Reduced(context, input, [.. axes.Select(axis => NodeContext.Axis(axis, input.Count))]));
        }
    }

    public static void ArgReduce(NodeContext context)
    {
        if (context.Shape(0) is { } input)
        {
            context.Set(0, ElementType.Int64, Reduced(context, input, [NodeContext.Axis(context.Node.Int("axis", 0), input.Count)]));
        }
    }

    /// <summary>Heads apart, [N, H, L, D], or side by side, [N, L, H·D].</summary>
    public static void Attention(NodeContext context)
    {
        if (context.Shape(0) is [var batch, var heads, var length, _] && context.Shape(2) is [_, _, _, var size])
        {
            context.Set(0, context.Type(0), [batch, heads, length, size]);
        }
        else if (context.Shape(0) is [var count, var queries, _] && context.Shape(2) is [_, _, { Value: { } width }]
            && context.Node.Int("kv_num_heads", 1) is > 0 and var groups)
        {
            context.Set(0, context.Type(0), [count, queries, width / groups * context.Node.Int("q_num_heads", groups)]);
        }
    }

    private static Dimension[] Reduced(NodeContext context, IReadOnlyList<Dimension> input, HashSet<int> axes) =>
        context.Node.Int("keepdims", 1) != 0
        ? [.. input.Select((dimension, axis) => axes.Contains(axis) ? 1 : dimension)]
        : [.. input.Where((_, axis) => !axes.Contains(axis))];
}
