using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Turns the QuantizeLinear and DequantizeLinear nodes of models made by other tools into <see cref="Graph.Quantizers"/> with ranges, and
/// int8 weights back into float ones on their grid. The graph is then float, and quantized anew by whatever runs or writes it.
/// <code>
/// x ─ Q ─ DQ ─┐                                 x ─┐   (quantizer: input 0 of Conv, from scale and zero point)
/// w (int8) ─ DQ ─ Conv ─ y          →           w ─ Conv ─ y   (quantizer: input 1 of Conv, per channel)
/// b (int32) ─ DQ ─┘                             b ─┘
/// </code>
/// Scales and zero points may be computed from constants, and no-op casts may lie between: constants are folded and identities removed
/// first. A pair whose result something other than a node's input sees (a
/// graph output, a further, different pair) goes to an Identity put there for it. What is not 8-bit, blocked or computed stays.
/// </summary>
public sealed class LiftQuantizers : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        ShapeInference.Apply(graph);
        var changed = new FoldConstants().Apply(graph) | new RemoveIdentity().Apply(graph);
        foreach (var dequantize in graph.Nodes.Where(node => node.Is("DequantizeLinear")).ToArray())
        {
            changed |= TryLift(graph, graph.Link(), dequantize);
        }

        var links = graph.Link();
        graph.RemoveNodes(
            [.. graph.Nodes.Where(
                node => node.Is("QuantizeLinear") && !links.IsPinned(node.Outputs[0]) && links.ConsumersOf(node.Outputs[0]).Count == 0)]);
        return changed;
    }

    private static bool TryLift(Graph graph, GraphLinks links, Node dequantize)
    {
        var codes = graph.FindConstant(links, dequantize.Input(0));
        var quantize = links.ProducerOf(dequantize.Input(0) ?? "");
        if (codes is not null
            && QuantizeParameters.Read(graph, links, dequantize, codes.Type, codes.Rank) is { } constant
            && constant.Type == codes.Type)
        {
            LiftConstant(graph, links, dequantize, constant, codes);
            return true;
        }

        if (quantize is null || !quantize.Is("QuantizeLinear"))
        {
            return false;
        }

        var rank = (graph.FindConstant(links, quantize.Inputs[0])?.Rank) ?? graph.FindValue(quantize.Inputs[0])?.Shape?.Count;
        if (QuantizeParameters.Read(graph, links, quantize, QuantizeParameters.QuantizedType(quantize), rank) is { } parameters
            && parameters.Type != ElementType.Int32
            && parameters.Equals(QuantizeParameters.Read(graph, links, dequantize, parameters.Type, rank)))
        {
            LiftPair(graph, links, quantize, dequantize, parameters);
            return true;
        }

        return false;
    }

    /// <summary>
    /// Stored codes become a float constant under the output's name. int32 is a bias, which every runtime quantizes itself.
    /// </summary>
    private static void LiftConstant(Graph graph, GraphLinks links, Node dequantize, QuantizeParameters parameters, Tensor codes)
    {
        var output = dequantize.Outputs[0];
        var values = parameters.Dequantize(codes);
        if (parameters.Type != ElementType.Int32)
        {
            AddQuantizer(graph, links.ConsumersOf(output).Select(use => new QuantizerUse(use.Node.Name, use.Input)), parameters, values);
        }

        graph.RemoveNodes([dequantize]);
        graph.Initializers[output] = values;
    }

    private static void LiftPair(Graph graph, GraphLinks links, Node quantize, Node dequantize, QuantizeParameters parameters)
    {
        var (source, output) = (quantize.Inputs[0], dequantize.Outputs[0]);
        var values = graph.FindConstant(links, source);
        var uses = new List<QuantizerUse>();
        var detached = new List<(Node Node, int Input)>();
        foreach (var (node, input) in links.ConsumersOf(output))
        {
            // Quantizing twice with the same parameters changes nothing; with others it does.
            var isSecondPair = node.Is("QuantizeLinear") && input == 0;
            if (isSecondPair
                && !parameters.Equals(QuantizeParameters.Read(graph, links, node, QuantizeParameters.QuantizedType(node), values?.Rank)))
            {
                detached.Add((node, input));
                continue;
            }

            node.Inputs[input] = source;
            if (!isSecondPair)
            {
                uses.Add(new QuantizerUse(node.Name, input));
            }
        }

        var index = graph.Nodes.IndexOf(dequantize);
        graph.RemoveNodes([dequantize]);
        if (links.IsPinned(output) || detached.Count > 0)
        {
            var host = new Node(dequantize.Name, "Identity", [source], [output]);
            graph.Nodes.Insert(index, host);
            uses.Add(new QuantizerUse(host.Name, 0));
        }

        AddQuantizer(graph, uses, parameters, values);
    }

    /// <param name="graph">Gets the quantizer, if there are uses.</param>
    /// <param name="uses">Where it is applied.</param>
    /// <param name="parameters">Gives scheme and ranges.</param>
    /// <param name="values">The contents where it quantizes a constant; null for an activation.</param>
    private static void AddQuantizer(Graph graph, IEnumerable<QuantizerUse> uses, QuantizeParameters parameters, Tensor? values)
    {
        QuantizerUse[] places = [.. uses];
        if (places.Length == 0)
        {
            return;
        }

        var isWeight = values is not null;
        var (scheme, ranges) = parameters.ToRanges(isNarrow: isWeight && !parameters.UsesLowestCode(values!));
        var role = isWeight ? "weight" : places[0].Input == 0 ? "input" : $"input{places[0].Input}";
        var name = $"{places[0].Node}._{role}_quantizer";
        var unique = GraphEdits.Unique(name, graph.Quantizers.Select(quantizer => quantizer.Name));
        var quantizer = new Quantizer(unique, scheme) { IsWeight = isWeight, Axis = parameters.Axis, Ranges = ranges };
        quantizer.Uses.AddRange(places);
        graph.Quantizers.Add(quantizer);
    }
}
