using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets;

/// <summary>Reads scale and zero point of quantized inputs from the pairs of a graph.</summary>
internal static class QdqPairs
{
    public static Func<Node, int, (float Scale, int ZeroPoint)?> LookupIn(Graph graph)
    {
        var pairs = Of(graph);
        return (node, input) => pairs.TryGetValue((node.Name, input), out var pair) ? pair : ForOutput(pairs, node);
    }

    /// <summary>Scale and zero point by node input; graph outputs stand under their own name.</summary>
    private static Dictionary<(string Node, int Input), (float Scale, int ZeroPoint)> Of(Graph graph)
    {
        var links = graph.Link();
        var pairs = new Dictionary<(string, int), (float, int)>();
        foreach (var dequantize in graph.Nodes.Where(node => node.Is("DequantizeLinear")))
        {
            if (QuantizeParameters.Of(graph, links, dequantize) is not { Axis: null } parameters
                || links.ProducerOf(dequantize.Inputs[0]) is not { } quantize
                || !parameters.Equals(QuantizeParameters.Of(graph, links, quantize)))
            {
                continue;
            }

            var value = (parameters.Scales[0], parameters.ZeroPoints[0]);
            foreach (var (reader, input) in links.ConsumersOf(dequantize.Outputs[0]))
            {
                pairs[(reader.Name, input)] = value;
            }

            if (links.IsGraphOutput(dequantize.Outputs[0]))
            {
                pairs[(dequantize.Outputs[0], -1)] = value;
            }
        }

        return pairs;
    }

    /// <summary>The Identity before a quantized graph output is gone in the deployed graph: the pair gives the output itself.</summary>
    private static (float Scale, int ZeroPoint)? ForOutput(
        Dictionary<(string Node, int Input), (float Scale, int ZeroPoint)> pairs, Node node) =>
        node.Is("Identity") && pairs.TryGetValue((node.Outputs[0], -1), out var pair) ? pair : null;
}
