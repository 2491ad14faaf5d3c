using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Chooses the operators to run on integers for which the estimated time on ONNX Runtime's CPU provider is least: each operator costs its
/// float or its integer kernel, each tensor between a float and an integer operator the conversion. That is a minimum cut: operators on
/// the source's side run on integers.
/// </summary>
/// <remarks>
/// A tensor is converted once, whoever reads it: a vertex of its own, bound to its readers by edges that cannot be cut, pays for it.
/// What a layer absorbs (batch normalization, a clamp at zero) follows the layer.
/// </remarks>
internal sealed class FastestPlacement : IFastestPlacement
{
    private const double NanosecondsPerMillisecond = 1e6;

    private readonly Graph _graph;
    private readonly MachineProfile _machine;
    private readonly GraphLinks _links;
    private readonly PlacementContext _context;
    private readonly Dictionary<Node, Node> _hosts = new(ReferenceEqualityComparer.Instance);

    /// <param name="calibrated">A graph with quantizers placed by <see cref="OrtCpuTarget"/>; not changed.</param>
    /// <param name="machine">What kernels and conversions cost.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public FastestPlacement(Graph calibrated, MachineProfile machine)
    {
        _machine = machine;
        _graph = LayerWork.WithShapes(calibrated);
        _links = _graph.Link();
        _context = new PlacementContext(_graph, new PlacementOptions { SkipNodes = [] });
        foreach (var node in _graph.Nodes)
        {
            _hosts[node] = HostOf(node);
        }
    }

    public double BoundMilliseconds => _graph.Nodes.Where(node => _hosts[node] == node).Sum(node =>
        CanBeInteger(node) ? Math.Min(Cost(node, isInteger: false), Cost(node, isInteger: true)) : Cost(node, isInteger: false))
        / NanosecondsPerMillisecond;

    public IReadOnlyList<string> FloatNodes(IReadOnlySet<string> floatLayers, double margin = 1.5)
    {
        var cut = new MinimumCut();
        var vertices = _graph.Nodes.Where(node => _hosts[node] == node).ToDictionary(node => node, _ => cut.AddVertex());
        foreach (var (node, vertex) in vertices)
        {
            cut.AddEdge(MinimumCut.Source, vertex, Cost(node, isInteger: false));
            cut.AddEdge(
                vertex,
                MinimumCut.Sink,
                floatLayers.Contains(node.Name) || !CanBeInteger(node) ? MinimumCut.Uncuttable : Cost(node, isInteger: true));
            if (OrtCpuKernels.FusesIntoConvolution(_links, node) && OrtCpuKernels.ClassOf(_graph, _links, node, isInteger: false) is null)
            {
                // After an integer convolution a float activation is a kernel of its own.
                cut.AddEdge(vertices[_hosts[_links.ProducerOf(node.Inputs[0])!]], vertex, Nanoseconds(node, CostClass.FloatActivation));
            }
        }

        foreach (var value in _graph.Inputs
            .Select(input => input.Name)
            .Concat(_graph.Nodes.SelectMany(node => node.Outputs))
            .Where(_context.IsActivation))
        {
            AddConversions(cut, vertices, value, margin);
        }

        var isInteger = cut.Solve();
        return [.. _graph.Nodes.Where(node => !isInteger[vertices[_hosts[node]]]).Select(node => node.Name)];
    }

    private void AddConversions(MinimumCut cut, Dictionary<Node, int> vertices, string value, double margin)
    {
        var producer = _links.ProducerOf(value) is { } node ? vertices[_hosts[node]] : MinimumCut.Sink;
        var readers = _links.ConsumersOf(value)
            .Where(reader => OperatorRoles.DataInputs(reader.Node).Contains(reader.Input))
            .Select(reader => vertices[_hosts[reader.Node]])
            .Concat(_links.IsGraphOutput(value) ? [MinimumCut.Sink] : [])
            .Where(reader => reader != producer).Distinct().ToArray();
        if (readers.Length == 0)
        {
            return;
        }

        var elements = LayerWork.ElementsOf(_graph, value);
        var (dequantized, quantized) = (cut.AddVertex(), cut.AddVertex());
        cut.AddEdge(producer, dequantized, (long)(margin * OrtCpuKernels.Conversion(_machine, elements, CostClass.Dequantize)));
        cut.AddEdge(quantized, producer, (long)(margin * OrtCpuKernels.Conversion(_machine, elements, CostClass.Quantize)));
        foreach (var reader in readers)
        {
            cut.AddEdge(dequantized, reader, MinimumCut.Uncuttable);
            cut.AddEdge(reader, quantized, MinimumCut.Uncuttable);
        }
    }

    /// <summary>The layer that absorbs the node where it runs on integers, else the node itself.</summary>
    private Node HostOf(Node node)
    {
        if ((OperatorRoles.IsBatchNormalization(node) || OperatorRoles.IsClampAtZero(_graph, node))
            && _links.ProducerOf(node.Inputs[0]) is { } producer
            && _links.SoleConsumerOf(producer.Outputs[0]) == node
            && IntegerOperators.IsLayer(_context, _hosts[producer]))
        {
            return _hosts[producer];
        }

        return node;
    }

    private bool CanBeInteger(Node node)
    {
        var isLayer = IntegerOperators.IsLayer(_context, node);
        if (!isLayer && !IntegerOperators.IsUnweighted(_context, node))
        {
            return false;
        }

        var reads = OperatorRoles.DataInputs(node).Concat(isLayer ? [1] : []).Select(index => _links.QuantizerAt(node.Name, index));
        var writes = node.Outputs.Where(output => output.Length > 0)
            .Select(output => _links.ConsumersOf(OrtCpuRules.EffectiveOutput(_graph, _links, output)))
            .Select(readers => readers is [var first, ..] ? _links.QuantizerAt(first.Node.Name, first.Input) : null);
        return reads.Concat(writes).All(quantizer => quantizer is { IsEnabled: true });
    }

    private long Cost(Node node, bool isInteger) => OrtCpuKernels.ClassOf(_graph, _links, node, isInteger) switch
    {
        null => 0,
        CostClass.IntegerElementwise when node.Is("HardSwish") =>
            Nanoseconds(node, CostClass.IntegerElementwise) + Nanoseconds(node, CostClass.IntegerClamp),
        { } kind => Nanoseconds(node, kind),
    };

    private long Nanoseconds(Node node, CostClass kind) =>
        (long)(OrtCpuKernels.CostOf(_machine, _graph, node, kind).Milliseconds * NanosecondsPerMillisecond);
}
