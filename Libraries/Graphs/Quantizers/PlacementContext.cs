using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>What the rules of every target share: the graph with its links, and the bookkeeping of quantizers.</summary>
internal sealed class PlacementContext
{
    private const string WeightSuffix = ".weight";

    private readonly NamePattern[] _skipped;
    private readonly Dictionary<string, Quantizer> _weights = new(StringComparer.Ordinal);

    public PlacementContext(Graph graph, PlacementOptions options)
    {
        Graph = graph;
        Options = options;
        Links = graph.Link();
        Region = new QuantizableRegion(graph, Links);
        _skipped = [.. options.SkipNodes.Select(glob => new NamePattern(glob))];
    }

    public Graph Graph { get; }

    public PlacementOptions Options { get; }

    public GraphLinks Links { get; }

    public QuantizableRegion Region { get; }

    public bool IsSkipped(Node node) =>
        Array.Exists(_skipped, pattern => pattern.Matches(node.Name) || pattern.Matches(HostName(node)));

    /// <summary>A layer that is worth quantizing: see <see cref="OperatorRoles.IsWeighted"/>, and not one that decodes.</summary>
    public bool IsWeighted(Node node) => OperatorRoles.IsWeighted(Graph, node) && !Region.Decoding.IsLayer(node);

    /// <summary>True for a computed value or graph input of float type, false for constants and integers.</summary>
    public bool IsActivation(string value) =>
        !Graph.Initializers.ContainsKey(value) && Graph.FindValue(value)?.Type is null or ElementType.Undefined or ElementType.Float;

    /// <summary>
    /// The layer's name: its weight's without <c>.weight</c>, which frameworks and checkpoints agree on, or the node's.
    /// </summary>
    public string HostName(Node node) =>
        IsWeighted(node) && node.Inputs[1].EndsWith(WeightSuffix, StringComparison.Ordinal)
            ? node.Inputs[1][..^WeightSuffix.Length]
            : node.Name;

    /// <summary>Adds an activation quantizer; <paramref name="name"/> is made unique where two hosts share a weight.</summary>
    public Quantizer AddActivation(string name, QuantizationScheme scheme, params IEnumerable<QuantizerUse> uses)
    {
        var quantizer = new Quantizer(GraphEdits.Unique(name, Graph.Quantizers.Select(other => other.Name)), scheme);
        quantizer.Uses.AddRange(uses);
        Graph.Quantizers.Add(quantizer);
        return quantizer;
    }

    /// <summary>Adds the layer's weight quantizer, or a use to it where layers share the weight.</summary>
    public void AddWeight(Node node)
    {
        if (!_weights.TryGetValue(node.Inputs[1], out var quantizer))
        {
            quantizer = new Quantizer($"{HostName(node)}._weight_quantizer", Options.WeightScheme)
            {
                IsWeight = true,
                Axis = Options.WeightAxis(node),
            };
            _weights.Add(node.Inputs[1], quantizer);
            Graph.Quantizers.Add(quantizer);
        }

        quantizer.Uses.Add(new QuantizerUse(node.Name, 1));
    }
}
