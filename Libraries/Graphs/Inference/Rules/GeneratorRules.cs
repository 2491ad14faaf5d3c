namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators whose output's shape follows from attributes or from the contents of inputs.</summary>
internal static class GeneratorRules
{
    public static void Shape(NodeContext context)
    {
        var count = context.Shape(0) is { } input ? (Dimension)ShapeSection(context.Node, input).Length : default;
        context.Set(0, ElementType.Int64, [count]);
    }

    /// <summary>The dimensions a Shape node gives: all, or from opset 15 those from start to end.</summary>
    public static Dimension[] ShapeSection(Node node, IReadOnlyList<Dimension> input)
    {
        var (start, count) = new SliceParameters(node.Int("start", 0), node.Int("end", long.MaxValue), 1).Resolve(input.Count);
        return [.. input.Skip((int)start).Take((int)count)];
    }

    public static void Constant(NodeContext context)
    {
        if (ConstantNode.ValueOf(context.Node) is { } value)
        {
            context.Set(0, value.Type, [.. value.Dimensions.Select(Dimension.ToDimension)]);
        }
    }

    public static void ConstantOfShape(NodeContext context)
    {
        var type = context.Node.Attributes.GetValueOrDefault("value") is TensorAttribute { Value.Type: var declared }
            ? declared
            : ElementType.Float;
        context.Set(0, type, context.Integers(0));
    }

    public static void Expand(NodeContext context) =>
        context.Set(0, context.Type(0), Dimensions.Broadcast(context.Shape(0), context.Integers(1)));

    public static void Range(NodeContext context)
    {
        Dimension count = default;
        if (context.Constant(0) is { Length: 1 } start
            && context.Constant(1) is { Length: 1 } limit
            && context.Constant(2) is { Length: 1 } delta)
        {
            count = (long)Math.Max(0, Math.Ceiling((limit.ToDoubles()[0] - start.ToDoubles()[0]) / delta.ToDoubles()[0]));
        }

        context.Set(0, context.Type(0), [count]);
    }

    public static void Size(NodeContext context) => context.Set(0, ElementType.Int64, []);

    public static void Tile(NodeContext context)
    {
        if (context.Shape(0) is { } input)
        {
            var repeats = context.Integers(1);
            context.Set(0, context.Type(0), repeats is null || repeats.Count != input.Count
                ? new Dimension[input.Count]
                : [.. input.Zip(repeats, Dimensions.Product)]);
        }
    }

    public static void OneHot(NodeContext context)
    {
        if (context.Shape(0) is { } indices)
        {
            var axis = NodeContext.Axis(context.Node.Int("axis", -1), indices.Count + 1);
            var depth = context.Constant(1) is { Length: 1 } given ? (Dimension)(long)given.ToDoubles()[0] : default;
            context.Set(0, context.Type(2), [.. indices.Take(axis), depth, .. indices.Skip(axis)]);
        }
    }
}
