namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators that only rename the axes.</summary>
internal static class ReshapeRules
{
    public static void Reshape(NodeContext context)
    {
        var input = context.Shape(0);
        if (context.Integers(1) is { } target)
        {
            context.Set(0, context.Type(0), Reshaped(input, target, allowZero: context.Node.Int("allowzero", 0) != 0));
        }
        else if (context.Shape(1) is [{ Value: { } rank and >= 0 and <= 64 }])
        {
            context.Set(0, context.Type(0), new Dimension[rank]);
        }
        else
        {
            context.Set(0, context.Type(0), null);
        }
    }

    public static void Flatten(NodeContext context)
    {
        if (context.Shape(0) is { } input)
        {
            var axis = context.Node.Int("axis", 1);
            axis = axis == input.Count ? axis : NodeContext.Axis(axis, Math.Max(1, input.Count));
            context.Set(0, context.Type(0), [Dimensions.Product(input.Take((int)axis)), Dimensions.Product(input.Skip((int)axis))]);
        }
    }

    public static void Squeeze(NodeContext context)
    {
        if (context.Shape(0) is not { } input)
        {
            return;
        }

        if (context.AttributeOrInput("axes", 1) is { } named)
        {
            var axes = named.Select(axis => NodeContext.Axis(axis, input.Count)).ToHashSet();
            context.Set(0, context.Type(0), [.. input.Where((_, axis) => !axes.Contains(axis))]);
        }
        else
        {
            var isCertain = !context.Has(1) && input.All(dimension => dimension.IsKnown);
            context.Set(0, context.Type(0), isCertain ? [.. input.Where(dimension => dimension.Value != 1)] : null);
        }
    }

    public static void Unsqueeze(NodeContext context)
    {
        if (context.Shape(0) is not { } input || context.AttributeOrInput("axes", 1) is not { } named)
        {
            return;
        }

        var rank = input.Count + named.Length;
        var axes = named.Select(axis => NodeContext.Axis(axis, rank)).ToHashSet();
        if (axes.Count != named.Length)
        {
            throw new GraphException($"Axes [{string.Join(", ", named)}] are not distinct.");
        }

        var rest = new Queue<Dimension>(input);
        context.Set(0, context.Type(0), [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())]);
    }

    private static Dimension[] Reshaped(IReadOnlyList<Dimension>? input, IReadOnlyList<Dimension> target, bool allowZero)
    {
        var result = target.ToArray();
        for (var axis = 0; axis < result.Length; axis++)
        {
            if (result[axis].Value == 0 && !allowZero)
            {
                result[axis] = input is null ? default
                    : axis < input.Count ? input[axis]
                    : throw new GraphException($"Axis {axis} copies a dimension the input does not have.");
            }
        }

        var open = Array.FindIndex(result, dimension => dimension.Value < 0);
        if (open >= 0)
        {
            result[open] = 1;
            result[open] = input is null ? default : Quotient(input, result, target);
        }

        return result;
    }

    /// <summary>What is left for the −1: numbers are divided, unknown dimensions on both sides cancel out by name.</summary>
    private static Dimension Quotient(IReadOnlyList<Dimension> input, Dimension[] others, IReadOnlyList<Dimension> target)
    {
        var names = input.Where(dimension => !dimension.IsKnown).ToList();
        if (others.Where(dimension => !dimension.IsKnown).Any(dimension => dimension == default || !names.Remove(dimension)))
        {
            return default;
        }

        var whole = input
            .Where(dimension => dimension.IsKnown)
            .Aggregate(1L, (product, dimension) => checked(product * dimension.Value!.Value));
        var part = others
            .Where(dimension => dimension.IsKnown)
            .Aggregate(1L, (product, dimension) => checked(product * dimension.Value!.Value));
        if (names.Count == 0 && (part == 0 || whole % part != 0))
        {
            throw new GraphException($"[{string.Join(", ", input)}] cannot be reshaped to [{string.Join(", ", target)}].");
        }

        return names switch
        {
            [] => whole / part,
            [var name] when whole == part => name,
            _ => default,
        };
    }
}
