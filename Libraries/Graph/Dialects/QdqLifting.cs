using QatPipeline.Quantization;

namespace QatPipeline.Graphs;

/// <summary>
/// Turns the Q/DQ nodes of any tool's model into quantizers on a float graph, so that it takes the same road as our own: the inverse of
/// what the dialects write.
/// <code>
/// x → Q → DQ → Conv(DQ(codes), DQ(bias codes))      becomes      x → [quantizer] → Conv(w [quantizer], bias)
/// </code>
/// Nodes that are not such pairs (QLinear operators, dynamic scales) are left as they are.
/// </summary>
public static class QdqLifting
{
    /// <summary>Changes the graph in place; simplifies it first where it is quantized, for exporters hide scales behind constant nodes.</summary>
    /// <returns>The number of quantizers lifted.</returns>
    public static int Lift(Graph graph)
    {
        if (!graph.Nodes.Exists(node => node.Is("DequantizeLinear")))
        {
            return 0;
        }

        GraphSimplifier.Simplify(graph);
        var links = graph.Link();
        var before = graph.Quantizers.Count;
        foreach (var dequantize in graph.Nodes.FindAll(node => node.Is("DequantizeLinear")))
        {
            if (QdqParameters.Of(graph, dequantize) is not { } parameters)
            {
                continue;
            }

            if (graph.Initializers.TryGetValue(dequantize.Inputs[0], out var codes))
            {
                LiftConstant(graph, links, dequantize, codes, parameters);
            }
            else if (QuantizerOf(links, dequantize) is { } quantize && QdqParameters.Of(graph, quantize) is { } same && same.Equals(parameters))
            {
                LiftPair(graph, links, quantize, dequantize, parameters);
            }
        }

        RemoveOrphans(graph);
        graph.Metadata[QuantizerPlacement.TargetKey] =
            (graph.Quantizers.Exists(quantizer => !quantizer.IsWeight && !quantizer.Scheme.IsSigned()) ? QuantizationTarget.OrtCpu : QuantizationTarget.TensorRt).ToString();
        return graph.Quantizers.Count - before;
    }

    /// <summary>The QuantizeLinear whose codes are read, perhaps through a Cast to the type they have.</summary>
    private static Node? QuantizerOf(GraphLinks links, Node dequantize)
    {
        var producer = links.ProducerOf(dequantize.Inputs[0]);
        while (producer is not null && producer.Is("Cast") && (ElementType)producer.Int("to", 0) is ElementType.Int8 or ElementType.UInt8)
        {
            producer = links.ProducerOf(producer.Inputs[0]);
        }

        return producer is not null && producer.Is("QuantizeLinear") ? producer : null;
    }

    /// <summary>A bias (int32 codes) becomes a float constant; runtimes quantize it themselves. Other codes become a quantized weight.</summary>
    private static void LiftConstant(Graph graph, GraphLinks links, Node dequantize, Tensor codes, QdqParameters parameters)
    {
        var value = dequantize.Outputs[0];
        graph.Initializers[value] = parameters.Dequantize(codes);
        graph.Nodes.Remove(dequantize);
        if (codes.Type != ElementType.Int32)
        {
            var holdsLowest = codes.Type == ElementType.Int8 && codes.As<sbyte>().Contains(sbyte.MinValue);
            AddQuantizer(graph, value, parameters.ToScheme(isWeight: !holdsLowest), parameters, isWeight: true, Uses(links, value));
        }
    }

    private static void LiftPair(Graph graph, GraphLinks links, Node quantize, Node dequantize, QdqParameters parameters)
    {
        var (source, value) = (quantize.Inputs[0], dequantize.Outputs[0]);
        var isWeight = graph.Initializers.ContainsKey(source);
        var uses = Uses(links, value);
        graph.Nodes.Remove(dequantize);
        foreach (var (node, input) in links.ConsumersOf(value))
        {
            node.Inputs[input] = source;
        }

        if (links.IsGraphOutput(value))
        {
            graph.Nodes.Add(new Node($"{value}_output", "Identity", [source], [value]));
            uses.Add(new QuantizerUse($"{value}_output", 0));
        }

        // Several DequantizeLinear nodes of one QuantizeLinear are one quantizer with more uses.
        if (graph.Quantizers.Find(quantizer => quantizer.Name == NameOf(quantize)) is { } existing)
        {
            existing.Uses.AddRange(uses);
        }
        else
        {
            AddQuantizer(graph, NameOf(quantize), parameters.ToScheme(isWeight), parameters, isWeight, uses);
        }
    }

    private static string NameOf(Node quantize) => quantize.Name.EndsWith(QdqNames.Quantize, StringComparison.Ordinal)
        ? quantize.Name[..^QdqNames.Quantize.Length]
        : quantize.Name;

    private static List<QuantizerUse> Uses(GraphLinks links, string value) =>
        [.. links.ConsumersOf(value).Select(consumer => new QuantizerUse(consumer.Node.Name, consumer.Input))];

    private static void AddQuantizer(
        Graph graph, string name, QuantizationScheme scheme, QdqParameters parameters, bool isWeight, List<QuantizerUse> uses)
    {
        if (uses.Count > 0)
        {
            var quantizer = new Quantizer(name, scheme) { IsWeight = isWeight, Axis = parameters.Axis, Ranges = parameters.ToRanges(scheme) };
            quantizer.Uses.AddRange(uses);
            graph.Quantizers.Add(quantizer);
        }
    }

    private static void RemoveOrphans(Graph graph)
    {
        var links = graph.Link();
        graph.Nodes.RemoveAll(node => node.Is("Cast") && links.ConsumersOf(node.Outputs[0]).Count == 0 && !links.IsGraphOutput(node.Outputs[0]));
        links = graph.Link();
        graph.Nodes.RemoveAll(node => node.Is("QuantizeLinear") && links.ConsumersOf(node.Outputs[0]).Count == 0 && !links.IsGraphOutput(node.Outputs[0]));
        links = graph.Link();
        foreach (var name in graph.Initializers.Keys.Where(name => links.ConsumersOf(name).Count == 0 && !links.IsGraphOutput(name)).ToArray())
        {
            graph.Initializers.Remove(name);
        }
    }
}
