namespace QatPipeline.Yolov6.Networks;

/// <summary>A feature map under construction: its value's name and [C,H,W].</summary>
internal readonly record struct Feature(string Name, int Channels, int Height, int Width);

/// <summary>
/// Adds layers to a graph under their module's names. A node has the name of its output; a block's output has the block's name; weights
/// have the names of the reference's state dictionary (1.2, 1.8) and its initial values.
/// </summary>
internal sealed class ModuleBuilder(Graph graph, Yolov6Form form, WeightRandom random, Dimension batch)
{
    private const float Epsilon = 1e-3f;
    private const float KeptShare = 0.97f;

    public Graph Graph => graph;

    public Yolov6Form Form => form;

    public Dimension Batch => batch;

    /// <summary>A convolution with "same" padding; <paramref name="bias"/> null for none.</summary>
    public Feature Conv(string module, Feature x, int channels, int kernel, int stride = 1, bool bias = false, int groups = 1)
    {
        var fanIn = x.Channels / groups * kernel * kernel;
        return Convolution(
            module,
            x,
            channels,
            kernel,
            stride,
            groups,
            Uniform([channels, x.Channels / groups, kernel, kernel], fanIn),
            bias ? Uniform([channels], fanIn) : null);
    }

    /// <summary>A 1×1 convolution whose weights begin as zero and whose bias begins as <paramref name="bias"/>.</summary>
    public Feature Prediction(string module, Feature x, int channels, float bias) =>
        Convolution(module, x, channels, 1, 1, 1, Constant([channels, x.Channels, 1, 1], 0), Constant([channels], bias));

    /// <summary>One learned factor a channel, as a depthwise 1×1 convolution.</summary>
    public Feature ChannelScale(string module, Feature x) =>
        Convolution(module, x, x.Channels, 1, 1, x.Channels, Constant([x.Channels, 1, 1, 1], 1), null);

    /// <summary>Doubles the resolution by a 2×2 transposed convolution with bias.</summary>
    public Feature Upsample(string module, Feature x)
    {
        var fanIn = x.Channels * 4;
        graph.Initializers.Add($"{module}.weight", Uniform([x.Channels, x.Channels, 2, 2], fanIn));
        graph.Initializers.Add($"{module}.bias", Uniform([x.Channels], fanIn));
        return Add(
            module, "ConvTranspose", [x.Name, $"{module}.weight", $"{module}.bias"], x with { Height = 2 * x.Height, Width = 2 * x.Width },
            ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
    }

    public Feature BatchNorm(string module, Feature x)
    {
        var shape = new long[] { x.Channels };
        graph.Initializers.Add($"{module}.weight", Constant(shape, 1));
        graph.Initializers.Add($"{module}.bias", Constant(shape, 0));
        graph.Initializers.Add($"{module}.running_mean", Constant(shape, 0));
        graph.Initializers.Add($"{module}.running_var", Constant(shape, 1));
        return Add(
            module,
            "BatchNormalization",
            [x.Name, $"{module}.weight", $"{module}.bias", $"{module}.running_mean", $"{module}.running_var"],
            x,
            ("epsilon", Epsilon),
            ("momentum", KeptShare));
    }

    /// <summary>Convolution and batch normalization; one convolution with bias in the fused form.</summary>
    public Feature ConvNorm(string block, Feature x, int channels, int kernel, int stride = 1) => form == Yolov6Form.Fused
        ? Conv($"{block}.conv", x, channels, kernel, stride, bias: true)
        : BatchNorm($"{block}.bn", Conv($"{block}.conv", x, channels, kernel, stride));

    public Feature ConvRelu(string block, Feature x, int channels, int kernel, int stride = 1) =>
        Relu(block, ConvNorm(block, x, channels, kernel, stride));

    public Feature ConvSilu(string block, Feature x, int channels, int kernel)
    {
        var y = ConvNorm(block, x, channels, kernel);
        var gate = Add($"{block}.sigmoid", "Sigmoid", [y.Name], y);
        return Add(block, "Mul", [y.Name, gate.Name], y);
    }

    public Feature Relu(string block, Feature x) => Add(block, "Relu", [x.Name], x);

    public Feature Sum(string name, Feature a, Feature b) => Add(name, "Add", [a.Name, b.Name], a);

    public Feature MaxPool(string name, Feature x, int kernel) => Add(name, "MaxPool", [x.Name], x,
        ("kernel_shape", new long[] { kernel, kernel }), ("pads", Pads(kernel)), ("strides", new long[] { 1, 1 }));

    public Feature Concat(string name, params Feature[] parts) => Add(
        name, "Concat", parts.Select(part => part.Name), parts[0] with { Channels = parts.Sum(part => part.Channels) }, ("axis", 1L));

    /// <summary>Adds a node named like its output, of float values in the given shape behind the batch.</summary>
    public string Node(
        string name, string op, IEnumerable<string> inputs, long[] shape, params (string Name, AttributeValue Value)[] attributes) =>
        Node(name, op, inputs, new ValueInfo(name, ElementType.Float, [batch, .. shape.Select(Dimension.ToDimension)]), attributes);

    /// <summary>Adds a node with one described output.</summary>
    public string Node(
        string name, string op, IEnumerable<string> inputs, ValueInfo output, params (string Name, AttributeValue Value)[] attributes)
    {
        var node = new Node(name, op, inputs, [name]);
        foreach (var (key, value) in attributes)
        {
            node.Attributes[key] = value;
        }

        graph.Nodes.Add(node);
        graph.Values[name] = output;
        return name;
    }

    /// <summary>Adds a constant that is not a parameter.</summary>
    public string Constant(string name, Tensor value)
    {
        graph.Initializers.Add(name, value);
        return name;
    }

    private Feature Convolution(string module, Feature x, int channels, int kernel, int stride, int groups, Tensor weight, Tensor? bias)
    {
        string[] inputs = bias is null ? [x.Name, $"{module}.weight"] : [x.Name, $"{module}.weight", $"{module}.bias"];
        graph.Initializers.Add($"{module}.weight", weight);
        if (bias is not null)
        {
            graph.Initializers.Add($"{module}.bias", bias);
        }

        return Add(module, "Conv", inputs, new Feature(module, channels, x.Height / stride, x.Width / stride),
            ("group", (long)groups),
            ("kernel_shape", new long[] { kernel, kernel }),
            ("pads", Pads(kernel)),
            ("strides", new long[] { stride, stride }));
    }

    private Feature Add(
        string name, string op, IEnumerable<string> inputs, Feature shape, params (string Name, AttributeValue Value)[] attributes)
    {
        Node(name, op, inputs, [shape.Channels, shape.Height, shape.Width], attributes);
        return shape with { Name = name };
    }

    private static long[] Pads(int kernel) => [kernel / 2, kernel / 2, kernel / 2, kernel / 2];

    private Tensor Uniform(long[] shape, int fanIn)
    {
        var bound = 1 / Math.Sqrt(fanIn);
        return Tensor.FromFloats(shape, random.Uniform(Count(shape), -bound, bound));
    }

    private static Tensor Constant(long[] shape, float value)
    {
        var values = new float[Count(shape)];
        Array.Fill(values, value);
        return Tensor.FromFloats(shape, values);
    }

    private static int Count(long[] shape) => (int)shape.Aggregate((product, extent) => product * extent);
}
