using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>What is known of the values of a Q/DQ graph while its script is written: variables with floats, variables with codes.</summary>
internal sealed class ScriptValues(Graph graph, ScriptModule module)
{
    private const int SignedToUnsigned = 128;

    private readonly GraphLinks _links = graph.Link();
    private readonly Dictionary<string, string> _floats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CodeTensor> _codes = new(StringComparer.Ordinal);

    public GraphLinks Links => _links;

    public ScriptModule Module => module;

    public Graph Graph => graph;

    public void Set(string value, string variable) => _floats[value] = variable;

    public void Set(string value, CodeTensor codes) => _codes[value] = codes;

    /// <summary>The variable or attribute that holds a value as floats.</summary>
    public string Float(string value)
    {
        if (!_floats.TryGetValue(value, out var variable))
        {
            _floats[value] = variable = ConstantOf(value) is { } constant ? module.Constant(constant)
                : Codes(value) is { } codes ? module.Let($"torch.dequantize({codes.Variable})")
                : throw new GraphException($"'{value}' is read before it is computed, or is not a tensor of floats.");
        }

        return variable;
    }

    /// <summary>The codes that a DequantizeLinear reads; null where the value is something else.</summary>
    public CodeTensor? Codes(string value)
    {
        if (_links.ProducerOf(value) is not { OpType: "DequantizeLinear" } dequantize
            || !_codes.TryGetValue(dequantize.Inputs[0], out var codes)
            || ParametersOf(dequantize) is not var (scale, zeroPoint))
        {
            return null;
        }

        if ((scale, zeroPoint) != (codes.Scale, codes.ZeroPoint))
        {
            // The same codes, read with other eyes.
            var parameters = CodeTensor.ParametersOf(scale, zeroPoint);
            codes = new(
                module.Let($"torch._make_per_tensor_quantized_tensor(torch.int_repr({codes.Variable}), {parameters})"), scale, zeroPoint);
        }

        return codes;
    }

    /// <summary>The codes a node computes or reads under that very name.</summary>
    public CodeTensor? CodesNamed(string codes) => _codes.TryGetValue(codes, out var found) ? found : null;

    /// <summary>Scale and unsigned zero point of a QuantizeLinear or DequantizeLinear; null where there is one for each channel.</summary>
    public (float Scale, int ZeroPoint)? ParametersOf(Node node) =>
        QuantizeParameters.Of(graph, _links, node) is { Axis: null, CodeLimits: not null } parameters
            ? (parameters.Scales[0], parameters.ZeroPoints[0] + (parameters.Type == ElementType.Int8 ? SignedToUnsigned : 0))
            : null;

    /// <summary>A constant's numbers; null where the value is computed or absent.</summary>
    public Tensor? ConstantOf(string? value)
    {
        if (graph.FindConstant(_links, value) is { } constant)
        {
            return constant.Type is ElementType.Float or ElementType.Int64
                ? constant
                : Tensor.FromFloats(constant.Dimensions, constant.ToFloats());
        }

        return value is not null
            && _links.ProducerOf(value) is { OpType: "DequantizeLinear" } dequantize
            && graph.FindConstant(_links, dequantize.Inputs[0]) is { } codes
            ? (QuantizeParameters.Of(graph, _links, dequantize)
                ?? throw new GraphException($"{dequantize} has parameters that are not constant.")).Dequantize(codes)
            : null;
    }

    public long[]? LongsOf(string? value) => graph.FindConstant(_links, value)?.ToLongs();

    public float? ScalarOf(string? value) => ConstantOf(value) is { Length: 1 } constant ? constant.ToFloats()[0] : null;

    /// <summary>Says what of a node has no counterpart.</summary>
    public static GraphException Unsupported(Node node, string what) =>
        new($"{node} cannot be written for torch-int8: {what}. Build the engine for ort-cpu.");
}
