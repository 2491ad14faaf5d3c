namespace QatPipeline.Graphs.Model;

/// <summary>Who produces and who consumes each value of a graph, at the moment it was made.</summary>
public sealed class GraphLinks
{
    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(Node Node, int Input)>> _consumers = new(StringComparer.Ordinal);
    private readonly Dictionary<QuantizerUse, Quantizer> _quantizers = [];
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _captured = new(StringComparer.Ordinal);

    /// <summary>Links the graph as it is now; later edits do not show. Same as <see cref="Graph.Link"/>.</summary>
    public GraphLinks(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                _producers[output] = node;
            }

            for (var index = 0; index < node.Inputs.Count; index++)
            {
                if (node.Input(index) is { } input)
                {
                    if (!_consumers.TryGetValue(input, out var consumers))
                    {
                        _consumers[input] = consumers = [];
                    }

                    consumers.Add((node, index));
                }
            }

            _captured.UnionWith(node.CapturedValues);
        }

        foreach (var quantizer in graph.Quantizers)
        {
            foreach (var use in quantizer.Uses)
            {
                _quantizers[use] = quantizer;
            }
        }

        _outputs = [.. graph.Outputs.Select(output => output.Name)];
    }

    /// <summary>The node that computes the value; null for inputs and constants.</summary>
    public Node? ProducerOf(string value) => _producers.GetValueOrDefault(value);

    /// <summary>The node inputs that read the value, in node order.</summary>
    public IReadOnlyList<(Node Node, int Input)> ConsumersOf(string value) =>
        _consumers.TryGetValue(value, out var consumers) ? consumers : [];

    /// <summary>True when a caller gets the value; its name is then part of the contract.</summary>
    public bool IsGraphOutput(string value) => _outputs.Contains(value);

    /// <summary>
    /// True when the value's name is visible outside its consumers (graph output, read by a subgraph): it must keep its name.
    /// </summary>
    public bool IsPinned(string value) => _outputs.Contains(value) || _captured.Contains(value);

    /// <summary>The quantizer on a node's input, enabled or not; null where there is none.</summary>
    public Quantizer? QuantizerAt(string node, int input) => _quantizers.GetValueOrDefault(new QuantizerUse(node, input));

    /// <summary>The only consumer of a value that nothing else can see (<see cref="IsPinned"/>); null otherwise.</summary>
    public Node? SoleConsumerOf(string value) =>
        !IsPinned(value) && ConsumersOf(value) is [var (node, _)] ? node : null;
}
