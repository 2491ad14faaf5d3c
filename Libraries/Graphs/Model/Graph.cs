namespace QatPipeline.Graphs.Model;

/// <summary>
/// A network: nodes over named values in the ONNX operator vocabulary, with the quantizers placed on it. The deployed, the calibrated
/// and the fake-quantized network are this one object seen through different back ends.
/// </summary>
public sealed class Graph
{
    /// <summary>An empty network.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="opset">Version of the standard operator set; it decides which operators there are and what their defaults mean.</param>
    public Graph(string name, int opset)
    {
        Name = name;
        OpsetImports[""] = opset;
    }

    /// <summary>Kept in the file, and what errors call the graph by.</summary>
    public string Name { get; set; }

    /// <summary>Version of the standard operator set.</summary>
    public int Opset
    {
        get => (int)OpsetImports[""];
        set => OpsetImports[""] = value;
    }

    /// <summary>Operator set versions by domain; the standard domain is the empty string.</summary>
    public SortedDictionary<string, long> OpsetImports { get; } = new(StringComparer.Ordinal);

    /// <summary>What a caller feeds, in order. Constants are not among them: see <see cref="Initializers"/>.</summary>
    public List<ValueInfo> Inputs { get; } = [];

    /// <summary>What a caller gets, in order; their names are part of the contract, and passes keep them.</summary>
    public List<ValueInfo> Outputs { get; } = [];

    /// <summary>In topological order.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>Constants by value name, in the order they were added.</summary>
    public OrderedDictionary<string, Tensor> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>What is known of intermediate values, from the file or from shape inference.</summary>
    public Dictionary<string, ValueInfo> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The simulated quantization of node inputs; empty for a float network.</summary>
    public List<Quantizer> Quantizers { get; } = [];

    /// <summary>Key/value pairs kept with the model.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What was changed in a model of another tool so that it could be read or written, in sentences for the one who gave it; not kept in
    /// the file.
    /// </summary>
    public List<string> Remarks { get; } = [];

    /// <summary>What surrounds the graph in its file.</summary>
    internal ModelEnvelope Envelope { get; set; } = ModelEnvelope.New;

    /// <summary>Input, output or intermediate value by name; null where nothing is known of it.</summary>
    public ValueInfo? FindValue(string name) =>
        Inputs.Find(value => value.Name == name)
        ?? Values.GetValueOrDefault(name)
        ?? Outputs.Find(value => value.Name == name)
        ?? (Initializers.TryGetValue(name, out var tensor)
            ? new ValueInfo(name, tensor.Type, [.. tensor.Dimensions.Select(Dimension.ToDimension)])
            : null);

    /// <summary>Producers and consumers of every value as the graph is now; rebuild after an edit.</summary>
    public GraphLinks Link() => new(this);

    /// <summary>A deep copy of structure and quantizers; tensors, which passes replace and never edit, are shared.</summary>
    public Graph Clone()
    {
        var clone = new Graph(Name, Opset) { Envelope = Envelope };
        foreach (var (domain, version) in OpsetImports)
        {
            clone.OpsetImports[domain] = version;
        }

        clone.Inputs.AddRange(Inputs);
        clone.Outputs.AddRange(Outputs);
        clone.Nodes.AddRange(Nodes.Select(node => node.Clone()));
        foreach (var (name, tensor) in Initializers)
        {
            clone.Initializers.Add(name, tensor);
        }

        foreach (var (name, value) in Values)
        {
            clone.Values.Add(name, value);
        }

        clone.Quantizers.AddRange(Quantizers.Select(quantizer => quantizer.Clone()));
        foreach (var (key, value) in Metadata)
        {
            clone.Metadata[key] = value;
        }

        clone.Remarks.AddRange(Remarks);
        return clone;
    }
}
