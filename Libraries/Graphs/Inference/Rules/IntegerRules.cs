namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>
/// Contents of small integer tensors where some elements are unknown: the shape arithmetic of models with a dynamic batch.
/// <c>Shape([batch, 3, 8, 8])</c> is known to be <c>[batch, 3, 8, 8]</c>, and its <c>Gather</c> at 1 to be 3.
/// </summary>
internal static class IntegerRules
{
    /// <summary>The contents of the node's first output; null where nothing is known of them.</summary>
    public static IReadOnlyList<Dimension>? Evaluate(NodeContext context)
    {
        if (context.Node.Domain.Length > 0)
        {
            return null;
        }

        return context.Node.OpType switch
        {
            "Shape" => context.Shape(0) is { } shape ? GeneratorRules.ShapeSection(context.Node, shape) : null,
            "Size" => context.Shape(0) is { } whole ? [Dimensions.Product(whole)] : null,
            "Identity" or "Squeeze" or "Unsqueeze" or "Reshape" or "Flatten" => IsVector(context) ? context.Integers(0) : null,
            "Cast" => (ElementType)context.Node.Int("to", 0) is ElementType.Int64 or ElementType.Int32 ? context.Integers(0) : null,
            "Gather" => Gather(context),
            "Slice" => Slice(context),
            "Concat" => IsVector(context) ? Concat(context) : null,
            "Add" => Elementwise(context, Dimensions.Sum),
            "Mul" => Elementwise(context, Dimensions.Product),
            "Sub" => Elementwise(context, Difference),
            "Div" => Elementwise(context, Quotient),
            _ => null,
        };
    }

    // Row-major contents survive a change of shape; with more than one axis Concat and Slice would reorder them.
    private static bool IsVector(NodeContext context) => context.Outputs[0]?.Shape is { Count: <= 1 };

    private static Dimension[]? Gather(NodeContext context)
    {
        if (context.Integers(0) is not { } data || context.KnownIntegers(1) is not { } indices || context.Shape(0) is not { Count: 1 })
        {
            return null;
        }

        return [.. indices.Select(index => data[NodeContext.Axis(index, data.Count)])];
    }

    private static Dimension[]? Slice(NodeContext context)
    {
        if (context.Integers(0) is not { } data
            || context.Shape(0) is not { Count: 1 }
            || SliceParameters.Read(context, 1) is not [var slice])
        {
            return null;
        }

        var (first, count) = slice.Resolve(data.Count);
        return [.. Enumerable.Range(0, (int)count).Select(index => data[(int)(first + (index * slice.Step))])];
    }

    private static Dimension[]? Concat(NodeContext context)
    {
        var parts = Enumerable.Range(0, context.Node.Inputs.Count).Select(context.Integers).ToArray();
        return parts.Contains(null) ? null : [.. parts.SelectMany(part => part!)];
    }

    private static Dimension[]? Elementwise(NodeContext context, Func<Dimension, Dimension, Dimension> function)
    {
        if (!IsVector(context) || context.Integers(0) is not { Count: > 0 } first || context.Integers(1) is not { Count: > 0 } second)
        {
            return null;
        }

        var indices = Enumerable.Range(0, Math.Max(first.Count, second.Count));
        return [.. indices.Select(index => function(first[index % first.Count], second[index % second.Count]))];
    }

    private static Dimension Difference(Dimension first, Dimension second) =>
        second.Value is { } value ? Dimensions.Sum(first, -value)
        : first == second && first != default ? 0
        : default(Dimension);

    private static Dimension Quotient(Dimension first, Dimension second) => (first.Value, second.Value) switch
    {
        (_, 1) => first,
        ({ } dividend, { } divisor and not 0) => dividend / divisor,
        _ => default,
    };
}
