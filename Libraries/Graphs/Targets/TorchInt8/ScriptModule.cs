using System.Globalization;
using System.Text;

namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>
/// The source of a TorchScript module while it is being written: one statement a line, constants and packed weights as attributes. Its
/// state is a list of plain tensors, from which <c>__setstate__</c> packs the weights for the processor that loads it.
/// </summary>
internal sealed class ScriptModule
{
    public const string Class = "Engine";
    public const string Input = "images";

    private readonly List<Tensor> _tensors = [];
    private readonly Dictionary<Tensor, string> _constants = [];
    private readonly StringBuilder _attributes = new();
    private readonly StringBuilder _setup = new();
    private readonly StringBuilder _body = new();
    private int _packed;
    private int _variables;

    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <summary>The names of the values returned, in order.</summary>
    public IReadOnlyList<string> Results { get; set; } = [];

    /// <summary>Adds a statement; returns the variable that holds the expression's value.</summary>
    public string Let(string expression)
    {
        var name = $"v{_variables++}";
        _body.Append(CultureInfo.InvariantCulture, $"    {name} = {expression}\n");
        return name;
    }

    /// <summary>The attribute that holds a float or long tensor.</summary>
    public string Constant(Tensor tensor)
    {
        if (!_constants.TryGetValue(tensor, out var name))
        {
            _constants[tensor] = name = $"self.c{_constants.Count}";
            Attribute(name, "Tensor", State(tensor));
        }

        return name;
    }

    /// <summary>The attribute that holds the packed weights of a layer.</summary>
    /// <param name="operation">Packs them, such as <c>conv2d_prepack</c>.</param>
    /// <param name="weight">Its codes and scales.</param>
    /// <param name="bias">float, or null.</param>
    /// <param name="geometry">The other arguments.</param>
    public string Packed(string operation, DeployedWeight weight, Tensor? bias, string geometry)
    {
        var name = $"self.p{_packed++}";
        var codes = State(weight.Codes);
        var quantized = $"torch._make_per_tensor_quantized_tensor({codes}, {Number(weight.Scales[0])}, 0)";
        if (weight.Axis is { } axis)
        {
            var scales = State(Tensor.FromFloats([weight.Scales.Length], weight.Scales));
            var zeros = State(Tensor.FromLongs([weight.Scales.Length], new long[weight.Scales.Length]));
            quantized = $"torch._make_per_channel_quantized_tensor({codes}, {scales}, {zeros}, {axis})";
        }

        Attribute(
            name,
            "__torch__.torch.classes.quantized.Conv2dPackedParamsBase",
            $"ops.quantized.{operation}({quantized}, {(bias is null ? "None" : State(bias))}, {geometry})");
        return name;
    }

    public string Source() =>
        $"""
        class {Class}(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
        {_attributes}
          def forward(self: __torch__.{Class},
            {Input}: Tensor) -> List[Tensor]:
        {_body}    return [{string.Join(", ", Results)}]

          def __getstate__(self: __torch__.{Class}) -> List[Tensor]:
            return annotate(List[Tensor], [])

          def __setstate__(self: __torch__.{Class},
            state: List[Tensor]) -> NoneType:
            self.training = False
        {_setup}    return None

        """;

    /// <summary>A float32 as the double it is.</summary>
    public static string Number(float value) =>
        float.IsPositiveInfinity(value) ? "inf"
        : float.IsNegativeInfinity(value) ? "-inf"
        : ((double)value).ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAny('.', 'E') >= 0
            ? text
            : $"{(double)value:0}.0";

    public static string Numbers(IEnumerable<long> values) => $"[{string.Join(", ", values)}]";

    private string State(Tensor tensor)
    {
        _tensors.Add(tensor);
        return $"state[{_tensors.Count - 1}]";
    }

    private void Attribute(string name, string type, string value)
    {
        _attributes.Append(CultureInfo.InvariantCulture, $"  {name["self.".Length..]} : {type}\n");
        _setup.Append(CultureInfo.InvariantCulture, $"    {name} = {value}\n");
    }
}
