namespace QatPipeline.Graphs.Model;

/// <summary>Topological order and well-formedness of a graph.</summary>
public static class GraphOrder
{
    /// <summary>
    /// Sorts the nodes topologically, keeping the present order wherever it is already valid, and checks that every name is defined
    /// exactly once and that everything read is defined.
    /// </summary>
    /// <exception cref="GraphException">Duplicate node or value name, an undefined value is read, or the nodes form a cycle.</exception>
    public static void Sort(Graph graph)
    {
        var producers = Producers(graph, out var constants);
        var pending = new int[graph.Nodes.Count];
        var successors = new List<int>?[graph.Nodes.Count];
        for (var index = 0; index < graph.Nodes.Count; index++)
        {
            foreach (var input in Reads(graph.Nodes[index]))
            {
                if (producers.TryGetValue(input, out var producer))
                {
                    (successors[producer] ??= []).Add(index);
                    pending[index]++;
                }
                else if (!constants.Contains(input))
                {
                    throw new GraphException($"Node {graph.Nodes[index]} reads '{input}', which no node, input or initializer defines.");
                }
            }
        }

        var order = Order(pending, successors);
        if (order.Count < graph.Nodes.Count)
        {
            throw new GraphException($"The nodes form a cycle through {graph.Nodes[Array.FindIndex(pending, count => count > 0)]}.");
        }

        CheckOutputs(graph, producers, constants);
        Node[] sorted = [.. order.Select(index => graph.Nodes[index])];
        graph.Nodes.Clear();
        graph.Nodes.AddRange(sorted);
    }

    private static IEnumerable<string> Reads(Node node) => node.Inputs.Where(input => input.Length > 0).Concat(node.CapturedValues);

    private static Dictionary<string, int> Producers(Graph graph, out HashSet<string> constants)
    {
        constants = [.. graph.Initializers.Keys, .. graph.Envelope.DefinedValues];
        foreach (var input in graph.Inputs)
        {
            if (!constants.Add(input.Name))
            {
                throw new GraphException($"Graph input '{input.Name}' is defined twice.");
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var producers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < graph.Nodes.Count; index++)
        {
            var node = graph.Nodes[index];
            if (!names.Add(node.Name))
            {
                throw new GraphException($"Two nodes have the name '{node.Name}'.");
            }

            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                if (constants.Contains(output) || !producers.TryAdd(output, index))
                {
                    throw new GraphException($"Value '{output}', an output of node {node}, is defined twice.");
                }
            }
        }

        return producers;
    }

    /// <summary>Kahn's algorithm; among the ready nodes the one that came first goes first.</summary>
    private static List<int> Order(int[] pending, List<int>?[] successors)
    {
        var ready = new PriorityQueue<int, int>();
        for (var index = 0; index < pending.Length; index++)
        {
            if (pending[index] == 0)
            {
                ready.Enqueue(index, index);
            }
        }

        var order = new List<int>(pending.Length);
        while (ready.TryDequeue(out var index, out _))
        {
            order.Add(index);
            foreach (var successor in successors[index] ?? [])
            {
                if (--pending[successor] == 0)
                {
                    ready.Enqueue(successor, successor);
                }
            }
        }

        return order;
    }

    private static void CheckOutputs(Graph graph, Dictionary<string, int> producers, HashSet<string> constants)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in graph.Outputs)
        {
            if (!names.Add(output.Name))
            {
                throw new GraphException($"Graph output '{output.Name}' is listed twice.");
            }

            if (!producers.ContainsKey(output.Name) && !constants.Contains(output.Name))
            {
                throw new GraphException($"Graph output '{output.Name}' is not defined by any node, input or initializer.");
            }
        }
    }
}
