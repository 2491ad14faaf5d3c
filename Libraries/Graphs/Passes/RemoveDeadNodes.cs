namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Removes nodes, initializers and value descriptions that no output depends on.
/// <code>
/// x ─ Relu ─ y (output)        x ─ Relu ─ y
/// x ─ Shape ─ s           →
/// </code>
/// </summary>
public sealed class RemoveDeadNodes : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var links = graph.Link();
        var read = new HashSet<string>(StringComparer.Ordinal);
        var alive = new HashSet<Node>();
        var pending = new Stack<string>(graph.Outputs.Select(output => output.Name));
        while (pending.TryPop(out var value))
        {
            if (read.Add(value) && links.ProducerOf(value) is { } producer && alive.Add(producer))
            {
                foreach (var input in producer.Inputs.Concat(producer.CapturedValues))
                {
                    pending.Push(input);
                }
            }
        }

        Node[] dead = [.. graph.Nodes.Where(node => !alive.Contains(node))];
        graph.RemoveNodes(dead);
        string[] unused = [.. graph.Initializers.Keys.Where(name => !read.Contains(name))];
        Array.ForEach(unused, name => graph.Initializers.Remove(name));
        var known = graph.Nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        foreach (var name in graph.Values.Keys.Where(name => !known.Contains(name)).ToArray())
        {
            graph.Values.Remove(name);
        }

        return dead.Length + unused.Length > 0;
    }
}
