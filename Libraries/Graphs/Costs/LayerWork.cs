using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Costs;

/// <summary>The arithmetic of convolutions and matrix products, from inferred shapes.</summary>
public static class LayerWork
{
    /// <summary>
    /// A copy with every shape inferred, an open batch set to one number and an open size to its <see cref="NominalSize"/>: what
    /// <see cref="MacsOf"/> reads.
    /// </summary>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static Graph WithShapes(Graph graph, int batch = 1)
    {
        var copy = graph.Clone();
        var size = NominalSize.Of(graph);
        for (var index = 0; index < copy.Inputs.Count; index++)
        {
            var input = copy.Inputs[index];
            copy.Inputs[index] = input with
            {
                Shape = input.Shape?.Select((dimension, axis) => (dimension.IsKnown, axis) switch
                {
                    (false, 0) => batch,
                    (false, 2) => size?.Height ?? dimension,
                    (false, 3) => size?.Width ?? dimension,
                    _ => dimension,
                }).ToArray(),
            };
        }

        ShapeInference.Apply(copy);
        return copy;
    }

    /// <summary>Multiplications of a Conv, ConvTranspose, Gemm or MatMul; 0 for other operators and where a shape is unknown.</summary>
    /// <param name="graph">With shapes.</param>
    /// <param name="node">One of its nodes.</param>
    public static long MacsOf(Graph graph, Node node)
    {
        if (ShapeOf(graph, node.Input(0)) is not { } input || ShapeOf(graph, node.Outputs[0]) is not { } output)
        {
            return 0;
        }

        return node.OpType switch
        {
            "Conv" when ShapeOf(graph, node.Input(1)) is { } weight => Product(output) * Product(weight[1..]),
            "ConvTranspose" when ShapeOf(graph, node.Input(1)) is { } weight => Product(input) * Product(weight[1..]),
            "Gemm" => Product(output) * (node.Int("transA", 0) == 0 ? input[^1] : input[0]),
            "MatMul" => Product(output) * input[^1],
            _ => 0,
        };
    }

    /// <summary>True for a convolution whose groups have one input channel each.</summary>
    public static bool IsDepthwise(Graph graph, Node node) =>
        node.Int("group", 1) > 1 && ShapeOf(graph, node.Input(1)) is { } weight && weight[1] == 1;

    internal static long ElementsOf(Graph graph, string value) => ShapeOf(graph, value) is { } shape ? Product(shape) : 0;

    internal static long[]? ShapeOf(Graph graph, string? value) =>
        value is null ? null
            : graph.Initializers.TryGetValue(value, out var tensor) ? [.. tensor.Dimensions]
            : graph.FindValue(value)?.StaticShape;

    private static long Product(IEnumerable<long> dimensions) => dimensions.Aggregate(1L, (product, dimension) => product * dimension);
}
