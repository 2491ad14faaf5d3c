using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// Turns a graph's enabled quantizers into QuantizeLinear and DequantizeLinear nodes; weights become int8 constants behind a
/// DequantizeLinear.
/// <code>
/// x → [quantizer] → Conv(w [quantizer])      becomes      x → Q → DQ → Conv(DQ(codes))
/// </code>
/// </summary>
internal sealed class QuantizerMaterializer
{
    private const int PerAxisOpset = 13;

    private readonly Graph _graph;
    private readonly bool _pairPerUse;
    private readonly GraphLinks _links;
    private readonly Dictionary<(string Quantizer, string Value), string> _dequantized = [];
    private readonly List<Node> _nodes = [];

    private QuantizerMaterializer(Graph graph, bool pairPerUse)
    {
        _graph = graph;
        _pairPerUse = pairPerUse;
        _links = graph.Link();
    }

    /// <param name="graph">Changed in place; its quantizers are gone afterwards.</param>
    /// <param name="pairPerUse">True for a Q/DQ pair on every input, as TensorRT expects; false for one pair a tensor.</param>
    /// <exception cref="GraphException">An enabled quantizer is not calibrated, or the opset has no quantization per channel.</exception>
    public static void Materialize(Graph graph, bool pairPerUse)
    {
        Check(graph);
        new QuantizerMaterializer(graph, pairPerUse).Run();
    }

    /// <exception cref="GraphException">An enabled quantizer is not calibrated, or the opset has no quantization per channel.</exception>
    public static void Check(Graph graph)
    {
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsEnabled))
        {
            if (!quantizer.IsCalibrated)
            {
                throw new GraphException(
                    $"Quantizer '{quantizer.Name}' has no range: calibrate the graph before writing it, or disable the quantizer.");
            }

            if (quantizer.Axis is not null && graph.Opset < PerAxisOpset)
            {
                throw new GraphException(
                    $"Opset {graph.Opset} cannot quantize weights per channel ('{quantizer.Name}'): "
                    + $"export the model with opset {PerAxisOpset} or later.");
            }
        }
    }

    private void Run()
    {
        foreach (var node in _graph.Nodes)
        {
            for (var input = 0; input < node.Inputs.Count; input++)
            {
                if (_links.QuantizerAt(node.Name, input) is { IsEnabled: true } quantizer)
                {
                    node.Inputs[input] = Dequantized(quantizer, node.Inputs[input]);
                }
            }

            _nodes.Add(node);
        }

        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(_nodes);
        QuantizerPlacement.Remove(_graph);
        RemoveReplacedConstants();
    }

    private string Dequantized(Quantizer quantizer, string value)
    {
        var key = (quantizer.Name, value);
        if (!_dequantized.TryGetValue(key, out var name) || (_pairPerUse && !quantizer.IsWeight))
        {
            _dequantized[key] = name = quantizer.IsWeight ? AddConstant(quantizer, value) : AddPair(quantizer, value);
        }

        return name;
    }

    private string AddPair(Quantizer quantizer, string value)
    {
        var parameters = AddParameters(quantizer);
        var first = quantizer.Name + QdqNames.Quantize;
        var suffix = GraphEdits.Unique(first, _nodes.Select(node => node.Name))[first.Length..];
        var quantized = $"{value}{QdqNames.Quantized}@{quantizer.Name}{suffix}";
        var dequantized = $"{value}{QdqNames.Dequantized}@{quantizer.Name}{suffix}";
        _nodes.Add(new Node(first + suffix, "QuantizeLinear", [value, .. parameters], [quantized]));
        _nodes.Add(new Node(quantizer.Name + QdqNames.Dequantize + suffix, "DequantizeLinear", [quantized, .. parameters], [dequantized]));
        return dequantized;
    }

    private string AddConstant(Quantizer quantizer, string weight)
    {
        var codes = weight + QdqNames.Quantized;
        _graph.Initializers[codes] = WeightCodes.Quantize(_graph.Initializers[weight], quantizer);
        var node = new Node(
            quantizer.Name + QdqNames.Dequantize,
            "DequantizeLinear",
            [codes, .. AddParameters(quantizer)],
            [weight + QdqNames.Dequantized]);
        if (quantizer.Axis is { } axis)
        {
            node.Attributes["axis"] = axis;
        }

        _nodes.Add(node);
        return node.Outputs[0];
    }

    /// <summary>Scale and zero point as constants: scalars, or vectors along the quantizer's axis.</summary>
    private string[] AddParameters(Quantizer quantizer)
    {
        var (scale, zeroPoint) = (quantizer.Name + QdqNames.Scale, quantizer.Name + QdqNames.ZeroPoint);
        var parameters = quantizer.Parameters();
        long[] shape = quantizer.Axis is null ? [] : [parameters.Length];
        _graph.Initializers[scale] = Tensor.FromFloats(shape, Array.ConvertAll(parameters, parameter => parameter.Scale));
        _graph.Initializers[zeroPoint] = quantizer.Scheme.IsSigned()
            ? Tensor.From<sbyte>(shape, Array.ConvertAll(parameters, parameter => (sbyte)parameter.ZeroPoint))
            : Tensor.From<byte>(shape, Array.ConvertAll(parameters, parameter => (byte)parameter.ZeroPoint));
        return [scale, zeroPoint];
    }

    private void RemoveReplacedConstants()
    {
        var links = _graph.Link();
        foreach (var ((_, value), _) in _dequantized)
        {
            if (links.ConsumersOf(value).Count == 0 && !links.IsGraphOutput(value))
            {
                _graph.Initializers.Remove(value);
            }
        }
    }
}
