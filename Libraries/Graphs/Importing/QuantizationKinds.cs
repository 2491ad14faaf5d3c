using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Importing;

/// <summary>Kinds of quantization that no target here computes with: by operators, and by the type of their codes.</summary>
internal static class QuantizationKinds
{
    private static readonly HashSet<string> Dynamic = new(StringComparer.Ordinal)
    {
        "DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulInteger", "MatMulIntegerToFloat", "ConvInteger",
    };

    private static readonly HashSet<string> WeightOnly = new(StringComparer.Ordinal)
    {
        "MatMulNBits", "MatMulBnb4", "MatMulFpQ4", "GatherBlockQuantized",
    };

    /// <exception cref="GraphException">
    /// The model is quantized dynamically, in blocks, or to other codes than 8 bits; the message names nodes and says what to do.
    /// </exception>
    public static void RequireStatic(Graph graph)
    {
        Refuse(
            graph.Nodes.FindAll(node => Dynamic.Contains(node.OpType)),
            "The model is quantized dynamically",
            "its activations get their scales while it runs, which no engine here does. Quantize the float model it was made of ('qat "
            + "run'), or make it with static quantization (quantize_static instead of quantize_dynamic)");
        Refuse(
            graph.Nodes.FindAll(node => WeightOnly.Contains(node.OpType)),
            "The model's weights are compressed to fewer than 8 bits",
            "which no engine here computes with. Start from the float model it was made of");
        var links = graph.Link();
        foreach (var kind in graph.Nodes
            .Where(node => node.Is("QuantizeLinear") || node.Is("DequantizeLinear"))
            .GroupBy(node => node.Int("block_size", 0) != 0 ? null : (ElementType?)CodesOf(graph, links, node)))
        {
            if (kind.Key is null)
            {
                Refuse(
                    [.. kind],
                    "The model is quantized in blocks",
                    "with a scale for each, which no engine here computes with. Quantize it with one scale for a tensor or a channel");
            }
            else if (kind.Key is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32 or ElementType.Undefined))
            {
                Refuse(
                    [.. kind],
                    $"The model is quantized to {Describe(kind.Key.Value)}",
                    "which no engine here computes with: 8-bit codes are supported. Quantize it with 8-bit activations and weights (in "
                        + "ONNX Runtime's quantize_static: activation_type and weight_type QUInt8 or QInt8), or start from the float "
                        + "model it was made of");
            }
        }
    }

    private static void Refuse(List<Node> nodes, string what, string remedy)
    {
        if (nodes.Count > 0)
        {
            throw new GraphException($"{what} ({string.Join(", ", nodes.Take(3))}{(nodes.Count > 3 ? ", …" : "")}), {remedy}.");
        }
    }

    /// <summary>The type of a node's codes: its zero point's, or that of the codes themselves.</summary>
    private static ElementType CodesOf(Graph graph, GraphLinks links, Node node)
    {
        var zeroPoint = graph.FindConstant(links, node.Input(2))?.Type ?? TypeOf(graph, node.Input(2));
        return zeroPoint != ElementType.Undefined ? zeroPoint
            : node.Is("QuantizeLinear") ? QuantizeParameters.QuantizedType(node)
            : graph.FindConstant(links, node.Input(0))?.Type
                ?? (links.ProducerOf(node.Inputs[0]) is { } quantize && quantize.Is("QuantizeLinear")
                    ? CodesOf(graph, links, quantize)
                    : TypeOf(graph, node.Input(0)));
    }

    private static ElementType TypeOf(Graph graph, string? value) =>
        value is null ? ElementType.Undefined : graph.FindValue(value)?.Type ?? ElementType.Undefined;

    private static string Describe(ElementType type) => type switch
    {
        ElementType.UInt16 or ElementType.Int16 => $"16-bit codes ({type})",
        ElementType.UInt4 or ElementType.Int4 => $"4-bit codes ({type})",
        ElementType.UInt2 or ElementType.Int2 => $"2-bit codes ({type})",
        _ => $"{type}",
    };
}
