using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// The ranges a calibrated graph gives its tensors, and those that follow from them: through operators that only move values, clamps,
/// averages and the activations whose extremes are known.
/// </summary>
internal sealed class ImpliedRanges
{
    /// <summary>Minimum of x·sigmoid(x), at x ≈ −1.278.</summary>
    private const float SiluMinimum = -0.27846455f;

    /// <summary>Minimum of x·clamp(x/6 + 1/2, 0, 1), at x = −1.5.</summary>
    private const float HardSwishMinimum = -0.375f;

    private readonly Graph _graph;
    private readonly Dictionary<string, QuantizationRange> _ranges = new(StringComparer.Ordinal);

    public ImpliedRanges(Graph graph)
    {
        _graph = graph;
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in graph.Quantizers.Where(
            quantizer => quantizer is { IsWeight: false, IsCalibrated: true, IsEnabled: true, Axis: null }))
        {
            var parameters = quantizer.Parameters()[0];
            var range = new QuantizationRange(parameters.Dequantize(parameters.QMin), parameters.Dequantize(parameters.QMax));
            foreach (var tensor in quantizer.Uses.Select(use => nodes[use.Node].Inputs[use.Input]).Distinct(StringComparer.Ordinal))
            {
                _ranges[tensor] = _ranges.TryGetValue(tensor, out var known) ? known.Union(range) : range;
            }
        }

        while (Derive())
        {
        }
    }

    /// <summary>The union of the tensors' ranges, or null where one is unknown.</summary>
    public QuantizationRange? Of(IEnumerable<string> tensors)
    {
        QuantizationRange? union = null;
        foreach (var tensor in tensors)
        {
            if (!TryGet(tensor, out var range))
            {
                return null;
            }

            union = union is { } known ? known.Union(range) : range;
        }

        return union;
    }

    private bool TryGet(string tensor, out QuantizationRange range) => _ranges.TryGetValue(tensor, out range);

    private bool Derive()
    {
        var count = _ranges.Count;
        foreach (var node in _graph.Nodes.Where(node => node.Domain.Length == 0 && node.Outputs.Count > 0))
        {
            if (OutputRange(node) is { } output)
            {
                foreach (var value in node.Outputs)
                {
                    _ranges.TryAdd(value, output);
                }
            }

            if (OperatorRoles.KeepsValues(node) && TryGet(node.Outputs[0], out var moved) && node.Outputs.Count == 1)
            {
                foreach (var index in OperatorRoles.DataInputs(node))
                {
                    _ranges.TryAdd(node.Inputs[index], moved);
                }
            }
        }

        return _ranges.Count > count;
    }

    private QuantizationRange? OutputRange(Node node)
    {
        if (node.OpType is "Sigmoid" or "HardSigmoid" or "Softmax")
        {
            return new QuantizationRange(0, 1);
        }

        if (OperatorRoles.KeepsValues(node))
        {
            return Of(OperatorRoles.DataInputs(node).Select(index => node.Inputs[index]));
        }

        if (node.OpType == "Mul" && SiluInput(node) is { } silu)
        {
            return new QuantizationRange(SiluMinimum, silu.High / (1 + MathF.Exp(-silu.High)));
        }

        if (node.Input(0) is not { } input || !TryGet(input, out var range))
        {
            return null;
        }

        return node.OpType switch
        {
            "Relu" => new QuantizationRange(0, MathF.Max(range.High, 0)),
            "Clip" when OperatorRoles.ClipBounds(_graph, node) is var (low, high) =>
                new QuantizationRange(Math.Clamp(range.Low, low, high), Math.Clamp(range.High, low, high)),
            "LeakyRelu" => new QuantizationRange(MathF.Min(range.Low, 0) * node.Float("alpha", 0.01f), range.High),
            "HardSwish" => new QuantizationRange(HardSwishMinimum, range.High * Math.Clamp((range.High / 6) + 0.5f, 0, 1)),
            "AveragePool" or "GlobalAveragePool" => range,
            _ => null,
        };
    }

    /// <summary>The range of x where the node is Mul(x, Sigmoid(x)).</summary>
    private QuantizationRange? SiluInput(Node mul)
    {
        var sigmoid = _graph.Nodes.Find(
            node => node.Is("Sigmoid") && mul.Inputs.Contains(node.Outputs[0]) && mul.Inputs.Contains(node.Inputs[0]));
        return sigmoid is not null && TryGet(sigmoid.Inputs[0], out var range) ? range : null;
    }
}
