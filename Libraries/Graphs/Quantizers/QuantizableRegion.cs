namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// The part of a network that is worth quantizing: nodes from which a weighted layer can still be reached. What follows the last
/// layers (decoding boxes, non-maximum suppression) computes coordinates and stays float, and so do joins of probabilities with other
/// values (<see cref="Decoding"/>).
/// </summary>
internal sealed class QuantizableRegion
{
    private readonly HashSet<Node> _nodes = [];

    public QuantizableRegion(Graph graph, GraphLinks links)
    {
        Decoding = new Decoding(graph, links);
        foreach (var node in Enumerable.Reverse(graph.Nodes))
        {
            var reaches = node.Outputs.SelectMany(links.ConsumersOf).Any(consumer => _nodes.Contains(consumer.Node)
                || (OperatorRoles.IsWeighted(graph, consumer.Node) && !Decoding.IsLayer(consumer.Node)));
            if (reaches)
            {
                _nodes.Add(node);
            }
        }

        _nodes.RemoveWhere(Decoding.IsJoin);
    }

    public Decoding Decoding { get; }

    public bool Contains(Node node) => _nodes.Contains(node);
}
