namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Operators that work element by element.</summary>
internal static class ElementwiseRules
{
    public static void Unary(NodeContext context) => context.Set(0, context.Type(0), context.Shape(0));

    public static void Test(NodeContext context) => context.Set(0, ElementType.Bool, context.Shape(0));

    public static void Broadcast(NodeContext context) => context.Set(0, context.Type(0), BroadcastInputs(context));

    public static void Comparison(NodeContext context) => context.Set(0, ElementType.Bool, BroadcastInputs(context));

    public static void Where(NodeContext context) => context.Set(0, context.Type(1), BroadcastInputs(context));

    public static void Cast(NodeContext context) => context.Set(0, (ElementType)context.Node.Int("to", 0), context.Shape(0));

    public static void CastLike(NodeContext context) => context.Set(0, context.Type(1), context.Shape(0));

    /// <summary>The output type is that of the zero point, of the attribute that replaces it, or uint8.</summary>
    public static void QuantizeLinear(NodeContext context) => context.Set(
        0,
        context.Has(2) ? context.Type(2) : context.Node.Int("output_dtype", 0) is > 0 and var type ? (ElementType)type : ElementType.UInt8,
        context.Shape(0));

    public static void DequantizeLinear(NodeContext context) => context.Set(0, context.Type(1), context.Shape(0));

    private static IReadOnlyList<Dimension>? BroadcastInputs(NodeContext context) =>
        Enumerable.Range(0, context.Node.Inputs.Count).Select(context.Shape).Aggregate(Dimensions.Broadcast);
}
