using QatPipeline.Graphs.Costs;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Parts of a network that hang together.</summary>
internal static class NodeRegions
{
    /// <summary>
    /// The connected parts of a set of nodes that hold a layer, the ones with least multiplications first: the smaller a part, the closer
    /// is what it wins to what its conversions cost.
    /// </summary>
    /// <param name="shaped">The network, with shapes.</param>
    /// <param name="nodes">The names of the nodes.</param>
    /// <param name="layers">The names of the layers.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Of(Graph shaped, IReadOnlySet<string> nodes, IReadOnlySet<string> layers)
    {
        var links = shaped.Link();
        var seen = new HashSet<Node>();
        var regions = new List<(List<string> Names, long Macs)>();
        foreach (var first in shaped.Nodes.Where(node => nodes.Contains(node.Name)))
        {
            if (!seen.Add(first))
            {
                continue;
            }

            var (names, macs) = (new List<string>(), 0L);
            var pending = new Stack<Node>([first]);
            while (pending.TryPop(out var node))
            {
                names.Add(node.Name);
                macs += LayerWork.MacsOf(shaped, node);
                var neighbours = node.Inputs.Where(input => input.Length > 0).Select(links.ProducerOf).OfType<Node>()
                    .Concat(node.Outputs.SelectMany(links.ConsumersOf).Select(reader => reader.Node));
                foreach (var neighbour in neighbours.Where(neighbour => nodes.Contains(neighbour.Name) && seen.Add(neighbour)))
                {
                    pending.Push(neighbour);
                }
            }

            if (names.Exists(layers.Contains))
            {
                regions.Add((names, macs));
            }
        }

        return [.. regions.OrderBy(region => region.Macs).Select(region => region.Names)];
    }
}
