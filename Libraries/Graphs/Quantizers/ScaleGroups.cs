namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// Groups the quantizers that must have one scale: those on one tensor, and those on both sides of an operator that only moves values
/// (concatenation, max-pooling, reshaping, resizing). Sharing makes these operators free: nothing is requantized (reference 7.2).
/// </summary>
internal static class ScaleGroups
{
    public static void Assign(Graph graph)
    {
        var links = graph.Link();
        var region = new QuantizableRegion(graph, links);
        var tensors = new DisjointSets();
        foreach (var node in graph.Nodes.Where(node => OperatorRoles.KeepsValues(node) && region.Contains(node)))
        {
            var data = OperatorRoles.DataInputs(node).Select(index => node.Inputs[index]);
            foreach (var value in data.Concat(node.Outputs.Where(output => output.Length > 0)))
            {
                tensors.Union(node.Outputs[0], value);
            }
        }

        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers)
        {
            quantizer.Group = null;
            foreach (var use in quantizer.Uses.Where(_ => !quantizer.IsWeight))
            {
                tensors.Union(TensorOf(nodes, quantizer.Uses[0]), TensorOf(nodes, use));
            }
        }

        // Signs are not mixed in a group: a clamped tensor that took a range with negative values would lose its clamp's fusion.
        var groups = graph.Quantizers.Where(quantizer => quantizer is { IsWeight: false, Axis: null })
            .GroupBy(quantizer => (tensors.Find(TensorOf(nodes, quantizer.Uses[0])), quantizer.Scheme));
        foreach (var members in groups.Select(group => group.ToArray()).Where(group => group.Length > 1))
        {
            Array.ForEach(members, member => member.Group = members[0].Name);
        }
    }

    private static string TensorOf(Dictionary<string, Node> nodes, QuantizerUse use) => nodes[use.Node].Inputs[use.Input];

    private sealed class DisjointSets
    {
        private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

        public string Find(string item)
        {
            while (_parents.TryGetValue(item, out var parent) && parent != item)
            {
                item = parent;
            }

            return item;
        }

        public void Union(string first, string second) => _parents[Find(second)] = Find(first);
    }
}
