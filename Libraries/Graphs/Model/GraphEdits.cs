namespace QatPipeline.Graphs.Model;

/// <summary>Edits that keep a graph's parts consistent: nodes, values, quantizer uses.</summary>
internal static class GraphEdits
{
    /// <summary>Makes every node that reads <paramref name="from"/> read <paramref name="to"/>.</summary>
    public static void Rewire(this Graph graph, string from, string to)
    {
        foreach (var node in graph.Nodes)
        {
            for (var index = 0; index < node.Inputs.Count; index++)
            {
                if (node.Inputs[index] == from)
                {
                    node.Inputs[index] = to;
                }
            }
        }
    }

    /// <summary>
    /// Takes out a node whose output equals one of its inputs. The value that something outside can see keeps its name: where the output
    /// is pinned, the input's producer takes it over.
    /// </summary>
    /// <returns>False where both names must stay.</returns>
    public static bool TryBypass(this Graph graph, Node node, string input)
    {
        var links = graph.Link();
        var output = node.Outputs[0];
        if (!links.IsPinned(output))
        {
            graph.RemoveNodes([node]);
            graph.Rewire(output, input);
            return true;
        }

        if (links.IsPinned(input) || links.ProducerOf(input) is not { } producer)
        {
            return false;
        }

        graph.RemoveNodes([node]);
        graph.Rewire(input, output);
        producer.Outputs[producer.Outputs.IndexOf(input)] = output;
        graph.Values.Remove(input);
        return true;
    }

    /// <summary>
    /// Takes nodes out, with what is known of their outputs and their places in quantizers; quantizers left without a use go too.
    /// </summary>
    public static void RemoveNodes(this Graph graph, IReadOnlyCollection<Node> nodes)
    {
        if (nodes.Count == 0)
        {
            return;
        }

        var removed = nodes.ToHashSet();
        var names = nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        graph.Nodes.RemoveAll(removed.Contains);
        foreach (var output in nodes.SelectMany(node => node.Outputs))
        {
            graph.Values.Remove(output);
        }

        graph.Quantizers.RemoveAll(quantizer => quantizer.Uses.RemoveAll(use => names.Contains(use.Node)) > 0 && quantizer.Uses.Count == 0);
    }

    /// <summary>Puts a node in another's place in the order.</summary>
    public static void ReplaceNode(this Graph graph, Node old, params ReadOnlySpan<Node> replacements)
    {
        var index = graph.Nodes.IndexOf(old);
        graph.Nodes.RemoveAt(index);
        graph.Nodes.InsertRange(index, replacements);
    }

    /// <summary>Names of the nodes that carry a quantizer on an input.</summary>
    public static HashSet<string> QuantizedNodes(this Graph graph) =>
        graph.Quantizers.SelectMany(quantizer => quantizer.Uses).Select(use => use.Node).ToHashSet(StringComparer.Ordinal);

    /// <summary>A value name that is not taken, near the wanted one.</summary>
    public static string UniqueValue(this Graph graph, string wanted)
    {
        var taken = graph.Nodes.SelectMany(node => node.Outputs.Concat(node.CapturedValues))
            .Concat(graph.Inputs.Select(input => input.Name)).Concat(graph.Initializers.Keys).Concat(graph.Envelope.DefinedValues);
        return Unique(wanted, taken);
    }

    /// <summary>A node name that is not taken, near the wanted one.</summary>
    public static string UniqueNode(this Graph graph, string wanted) => Unique(wanted, graph.Nodes.Select(node => node.Name));

    /// <summary>Adds a constant under a name near the wanted one.</summary>
    public static string AddConstant(this Graph graph, string wanted, Tensor tensor)
    {
        var name = graph.UniqueValue(wanted);
        graph.Initializers.Add(name, tensor);
        return name;
    }

    /// <summary>A constant's contents, found through Constant and Identity nodes; null where the value is not constant.</summary>
    public static Tensor? FindConstant(this Graph graph, GraphLinks links, string? value)
    {
        // Bounded by the number of nodes, so that a damaged graph with a cycle ends too.
        for (var step = 0; value is not null && step <= graph.Nodes.Count; step++)
        {
            if (graph.Initializers.TryGetValue(value, out var tensor))
            {
                return tensor;
            }

            var producer = links.ProducerOf(value);
            if (producer is null || !producer.Is("Identity"))
            {
                return producer is null ? null : ConstantNode.ValueOf(producer);
            }

            value = producer.Input(0);
        }

        return null;
    }

    internal static string Unique(string wanted, IEnumerable<string> names)
    {
        var taken = names as HashSet<string> ?? names.ToHashSet(StringComparer.Ordinal);
        var name = wanted;
        for (var copy = 1; taken.Contains(name); copy++)
        {
            name = $"{wanted}_{copy}";
        }

        return name;
    }
}
