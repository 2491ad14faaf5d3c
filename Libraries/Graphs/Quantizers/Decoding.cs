namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// The part of a detector that turns what its last layers compute into boxes and probabilities, told by what the operators are: it stays
/// float. One scale for boxes in pixels and probabilities would leave nothing of the probabilities.
/// <code>
/// boxes (0…640) ───────────────┐
/// logits ─ Sigmoid (0…1) ─ Concat ─ y        in steps of 640/255, every probability is 0
/// </code>
/// </summary>
internal sealed class Decoding
{
    private readonly HashSet<string> _probabilities = new(StringComparer.Ordinal);
    private readonly HashSet<Node> _joins = [];
    private readonly HashSet<Node> _layers = [];

    /// <param name="graph">In topological order; with quantizers or with Q/DQ nodes.</param>
    /// <param name="links">The graph's links.</param>
    public Decoding(Graph graph, GraphLinks links)
    {
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            if (IsProbability(node))
            {
                _probabilities.UnionWith(node.Outputs);
            }

            if (node.Is("Concat") && IsMixed(graph, links, node))
            {
                _joins.Add(node);
            }

            if (OperatorRoles.IsWeighted(graph, node) && (ReadsDistribution(links, node) || TurnsBoxes(graph, node)))
            {
                _layers.Add(node);
            }
        }

        AddLayersBehindJoins(graph, links);
    }

    /// <summary>True for values that are between 0 and 1, whatever the network reads.</summary>
    public bool IsProbability(string value) => _probabilities.Contains(value);

    /// <summary>True for a concatenation of probabilities and other values.</summary>
    public bool IsJoin(Node node) => _joins.Contains(node);

    /// <summary>
    /// True for a layer with constant weights that decodes: the expected value of a distribution (a Softmax), a change of coordinates
    /// (of four numbers, or behind boxes and probabilities where no convolution follows), or anything behind a suppression.
    /// </summary>
    public bool IsLayer(Node node) => _layers.Contains(node);

    private bool IsProbability(Node node) => node.OpType switch
    {
        "Sigmoid" or "HardSigmoid" or "Softmax" => true,
        "Mul" or "Min" or "Max" => node.Inputs.TrueForAll(_probabilities.Contains),
        "ReduceMax" or "Gather" or "GatherElements" or "GatherND" or "TopK" or "QuantizeLinear" or "DequantizeLinear" =>
            _probabilities.Contains(node.Inputs[0]),
        _ => OperatorRoles.KeepsValues(node)
            && OperatorRoles.DataInputs(node).All(index => _probabilities.Contains(node.Inputs[index])),
    };

    private bool IsMixed(Graph graph, GraphLinks links, Node concat)
    {
        var computed = concat.Inputs.Where(input => graph.FindConstant(links, input) is null).ToArray();
        return computed.Any(_probabilities.Contains) && !Array.TrueForAll(computed, _probabilities.Contains);
    }

    private static bool ReadsDistribution(GraphLinks links, Node layer)
    {
        var producer = links.ProducerOf(layer.Inputs[0]);
        while (producer is not null
            && (OperatorRoles.KeepsValues(producer) || producer.Is("QuantizeLinear") || producer.Is("DequantizeLinear")))
        {
            producer = links.ProducerOf(producer.Inputs[0]);
        }

        return producer is not null && producer.Is("Softmax");
    }

    // From centres to corners: no layer of a network is that small.
    private static bool TurnsBoxes(Graph graph, Node layer) =>
        layer.Is("MatMul") && graph.Initializers[layer.Inputs[1]].Dimensions is [4, 4];

    private void AddLayersBehindJoins(Graph graph, GraphLinks links)
    {
        var leadsToConvolution = new HashSet<Node>();
        foreach (var node in Enumerable.Reverse(graph.Nodes))
        {
            if (node.Outputs.SelectMany(links.ConsumersOf).Any(
                reader => leadsToConvolution.Contains(reader.Node) || (reader.Node.Is("Conv") && !_layers.Contains(reader.Node))))
            {
                leadsToConvolution.Add(node);
            }
        }

        var behind = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if ((_joins.Contains(node) && !leadsToConvolution.Contains(node))
                || OperatorRoles.IsSuppression(node)
                || node.Inputs.Exists(behind.Contains))
            {
                behind.UnionWith(node.Outputs);
                if (!_joins.Contains(node) && OperatorRoles.IsWeighted(graph, node))
                {
                    _layers.Add(node);
                }
            }
        }
    }
}
