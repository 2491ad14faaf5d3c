namespace QatPipeline.Graphs.Model;

/// <summary>One operator application. Inputs and outputs are value names; an empty name is an absent optional input or output.</summary>
public sealed class Node(string name, string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string domain = "")
{
    /// <summary>Unique in its graph.</summary>
    public string Name { get; set; } = name;

    /// <summary>Name of the ONNX operator, <c>Conv</c> for one; a pass that needs another one replaces the node.</summary>
    public string OpType { get; } = opType;

    /// <summary>The operator as listings name it: outside the standard domain <c>domain.Operator</c>.</summary>
    public string QualifiedOperator => Domain.Length == 0 ? OpType : $"{Domain}.{OpType}";

    /// <summary>Operator domain; empty for the ONNX standard domain.</summary>
    public string Domain { get; } = domain;

    /// <summary>Value names by the operator's positions; an empty name keeps the place of an absent optional input.</summary>
    public List<string> Inputs { get; } = [.. inputs];

    /// <summary>Value names by the operator's positions, each produced by no other node; an empty name is an unused output.</summary>
    public List<string> Outputs { get; } = [.. outputs];

    /// <summary>Only what the model states: the operator's own defaults are not filled in.</summary>
    public SortedDictionary<string, AttributeValue> Attributes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Selects among a model-local function's overloads; kept as read.</summary>
    internal string Overload { get; init; } = "";

    /// <summary>Values that the node's subgraphs (If, Loop, Scan) read although they are not among its inputs.</summary>
    public IEnumerable<string> CapturedValues =>
        Attributes.Values.OfType<OpaqueAttribute>().SelectMany(attribute => attribute.CapturedValues);

    /// <summary>True when the operator is the standard domain's <paramref name="opType"/>.</summary>
    public bool Is(string opType) => OpType == opType && Domain.Length == 0;

    /// <summary>The input's value name, or null where it is absent.</summary>
    public string? Input(int index) => index < Inputs.Count && Inputs[index].Length > 0 ? Inputs[index] : null;

    /// <summary>An integer attribute; the default where it is absent or of another type.</summary>
    public long Int(string attribute, long defaultValue) =>
        Attributes.GetValueOrDefault(attribute) is IntAttribute { Value: var value } ? value : defaultValue;

    /// <summary>A float attribute; the default where it is absent or of another type.</summary>
    public float Float(string attribute, float defaultValue) =>
        Attributes.GetValueOrDefault(attribute) is FloatAttribute { Value: var value } ? value : defaultValue;

    /// <summary>A string attribute; the default where it is absent or of another type.</summary>
    public string String(string attribute, string defaultValue) =>
        Attributes.GetValueOrDefault(attribute) is StringAttribute { Value: var value } ? value : defaultValue;

    /// <summary>A list of integers; null where it is absent or of another type.</summary>
    public IReadOnlyList<long>? Ints(string attribute) => (Attributes.GetValueOrDefault(attribute) as IntsAttribute)?.Values;

    /// <summary>A list of floats; null where it is absent or of another type.</summary>
    public IReadOnlyList<float>? Floats(string attribute) => (Attributes.GetValueOrDefault(attribute) as FloatsAttribute)?.Values;

    /// <summary>A copy with lists of its own; attribute values, which nothing edits, are shared.</summary>
    public Node Clone() => new(Name, OpType, Inputs, Outputs, Domain)
    {
        Attributes = new(Attributes, StringComparer.Ordinal),
        Overload = Overload,
    };

    /// <summary>Operator and name, as errors show a node: <c>Conv 'stem'</c>.</summary>
    public override string ToString() => $"{OpType} '{Name}'";
}
