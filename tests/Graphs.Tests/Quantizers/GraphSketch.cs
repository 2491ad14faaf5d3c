using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Quantizers;

/// <summary>Builds small networks layer by layer: each method adds a node and returns its output's name.</summary>
internal sealed class GraphSketch
{
    private readonly Random _random;

    public GraphSketch(int channels, int size, int opset = 13, int seed = 1)
    {
        _random = new Random(seed);
        Graph = new Graph("sketch", opset);
        Graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [1, channels, size, size]));
    }

    public Graph Graph { get; }

    public string Input { get; } = "images";

    /// <summary>A convolution with random weights, without bias unless asked for.</summary>
    public string Conv(string host, string input, int cin, int cout, int kernel, int stride = 1, bool bias = false, int groups = 1)
    {
        long pad = kernel / 2;
        string[] inputs = bias ? [input, Weight($"{host}.weight", cout, cin / groups, kernel, kernel), Weight($"{host}.bias", cout)]
            : [input, Weight($"{host}.weight", cout, cin / groups, kernel, kernel)];
        return Add(host, "Conv", inputs,
            ("kernel_shape", new long[] { kernel, kernel }),
            ("strides", new long[] { stride, stride }),
            ("pads", new[] { pad, pad, pad, pad }),
            ("group", groups));
    }

    public string Upsample(string host, string input, int channels) => Add(
        host, "ConvTranspose", [input, Weight($"{host}.weight", channels, channels, 2, 2), Weight($"{host}.bias", channels)],
        ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));

    /// <summary>A live batch normalization whose scale has both signs.</summary>
    public string BatchNorm(string name, string input, int channels) => Add(
        name, "BatchNormalization",
        [
            input,
            Weight($"{name}.weight", channels),
            Weight($"{name}.bias", channels),
            Weight($"{name}.running_mean", channels),
            Positive($"{name}.running_var", channels),
        ],
        ("epsilon", 1e-3f));

    public string Relu(string name, string input) => Add(name, "Relu", [input]);

    public string Pool(string name, string input, int kernel = 5) => Add(
        name, "MaxPool", [input],
        ("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { 1, 1 }),
        ("pads", new long[] { kernel / 2, kernel / 2, kernel / 2, kernel / 2 }));

    public string Concat(string name, params string[] inputs) => Add(name, "Concat", inputs, ("axis", 1));

    public string Silu(string name, string input) => Add($"{name}.mul", "Mul", [input, Add($"{name}.sigmoid", "Sigmoid", [input])]);

    public string Add(string name, string opType, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var node = new Node(name, opType, inputs, [$"{name}.out"]);
        foreach (var (key, value) in attributes)
        {
            node.Attributes[key] = value;
        }

        Graph.Nodes.Add(node);
        return node.Outputs[0];
    }

    public string Weight(string name, params long[] dimensions) => Constant(name, dimensions, () => _random.NextSingle() - 0.5f);

    public string Given(string name, long[] dimensions, params float[] values)
    {
        Graph.Initializers[name] = Tensor.FromFloats(dimensions, values);
        return name;
    }

    public string Long(string name, params long[] values)
    {
        Graph.Initializers[name] = Tensor.FromLongs([values.Length], values);
        return name;
    }

    private string Positive(string name, params long[] dimensions) => Constant(name, dimensions, () => 0.5f + _random.NextSingle());

    private string Constant(string name, long[] dimensions, Func<float> next)
    {
        var values = new float[dimensions.Aggregate(1L, (product, dimension) => product * dimension)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = next();
        }

        Graph.Initializers[name] = Tensor.FromFloats(dimensions, values);
        return name;
    }

    public Graph Finish(params string[] outputs)
    {
        Graph.Outputs.AddRange(outputs.Select(output => new ValueInfo(output, ElementType.Float, null)));
        return Graph;
    }
}
