namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>
/// Turns a Q/DQ graph into a script: an operator between quantized tensors becomes LibTorch's operator on codes where it has one, any
/// other its operator on floats.
/// <code>
/// DQ → Conv(DQ(codes)) → Relu → Q        becomes        ops.quantized.conv2d_relu(codes, packed, scale, zeroPoint)
/// </code>
/// </summary>
internal sealed class ScriptCompiler
{
    private readonly Graph _graph;
    private readonly ScriptValues _values;
    private readonly HashSet<Node> _done = [];

    private ScriptCompiler(Graph graph)
    {
        _graph = graph;
        _values = new ScriptValues(graph, new ScriptModule());
    }

    /// <param name="graph">With Q/DQ nodes, one input and floats as outputs; not changed.</param>
    /// <param name="input">The name of the images.</param>
    /// <exception cref="GraphException">A node has no counterpart.</exception>
    public static ScriptModule Compile(Graph graph, string input) => new ScriptCompiler(graph).Run(input);

    private ScriptModule Run(string input)
    {
        _values.Set(input, ScriptModule.Input);
        foreach (var node in _graph.Nodes.Where(node => !_done.Contains(node)))
        {
            if (node.Is("QuantizeLinear"))
            {
                Quantize(node);
            }
            else if (!node.Is("DequantizeLinear") && !node.Is("Constant") && !TryOnCodes(node))
            {
                FloatScripts.Write(_values, node);
            }
        }

        _values.Module.Results = [.. _graph.Outputs.Select(output => _values.Float(output.Name))];
        return _values.Module;
    }

    private void Quantize(Node node)
    {
        if (_values.ConstantOf(node.Inputs[0]) is not null)
        {
            throw ScriptValues.Unsupported(
                node, "its weight is a float constant behind a pair, as TensorRT wants it; 'qat optimize --target ort-cpu' writes codes");
        }

        var (scale, zeroPoint) = _values.ParametersOf(node)
            ?? throw ScriptValues.Unsupported(node, "an activation is quantized by channels");
        var variable = _values.Module.Let(
            $"torch.quantize_per_tensor({_values.Float(node.Inputs[0])}, {CodeTensor.ParametersOf(scale, zeroPoint)}, 13)");
        _values.Set(node.Outputs[0], new CodeTensor(variable, scale, zeroPoint));
    }

    private bool TryOnCodes(Node node)
    {
        if (node.Is("Clip") && _values.CodesNamed(node.Inputs[0]) is { } codes)
        {
            return ClipCodes(node, codes);
        }

        var quantizers = node.Outputs.Where(output => output.Length > 0).Select(FindQuantizer).ToArray();
        if (quantizers.Contains(null)
            || CodeScripts.Write(_values, node, [.. quantizers.Select(quantizer => quantizer!.Value.Target)]) is not { } variables)
        {
            return false;
        }

        foreach (var (variable, quantizer) in variables.Zip(quantizers, (variable, quantizer) => (variable, quantizer!.Value)))
        {
            _values.Set(
                quantizer.Node.Outputs[0], new CodeTensor(variable, quantizer.Target.Scale, quantizer.Target.ZeroPoint));
            _done.UnionWith(quantizer.Absorbed);
            _done.Add(quantizer.Node);
        }

        return true;
    }

    private bool ClipCodes(Node node, CodeTensor codes)
    {
        // int_repr keeps the codes' type, so that the limits are codes too.
        var (low, high) = (_values.LongsOf(node.Input(1))?[0], _values.LongsOf(node.Input(2))?[0]);
        var clipped = _values.Module.Let(
            $"torch.clamp(torch.int_repr({codes.Variable}), {low ?? byte.MinValue}, {high ?? byte.MaxValue})");
        _values.Set(node.Outputs[0], codes with
        {
            Variable = _values.Module.Let($"torch._make_per_tensor_quantized_tensor({clipped}, {codes.Parameters})"),
        });
        return true;
    }

    /// <summary>The quantizer that alone reads a value, directly or behind a Relu or Clip that codes can do.</summary>
    private (Node Node, CodeTarget Target, Node[] Absorbed)? FindQuantizer(string value)
    {
        var clamp = _values.Links.SoleConsumerOf(value) is { } reader && (reader.Is("Relu") || reader.Is("Clip")) ? reader : null;
        if (_values.Links.SoleConsumerOf(clamp?.Outputs[0] ?? value) is not { OpType: "QuantizeLinear" } quantize
            || _values.ParametersOf(quantize) is not var (scale, zeroPoint))
        {
            return null;
        }

        var target = new CodeTarget(scale, zeroPoint, clamp is not null && clamp.Is("Relu"));
        return clamp is null || target.HasRelu ? (quantize, target, clamp is null ? [] : [clamp])
            : IsRedundant(clamp, target) ? (quantize, target, [clamp])
            : null;
    }

    /// <summary>Saturating to the codes' ends already clamps at least as much.</summary>
    private bool IsRedundant(Node clip, CodeTarget target) =>
        Quantizers.OperatorRoles.ClipBounds(_graph, clip) is var (low, high)
        && Math.Round(low / target.Scale) + target.ZeroPoint <= byte.MinValue
        && Math.Round(high / target.Scale) + target.ZeroPoint >= byte.MaxValue;
}
