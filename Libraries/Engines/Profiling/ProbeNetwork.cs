using QatPipeline.Foundation;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Profiling;

/// <summary>A small network that mostly consists of one kind of kernel, in channels and sizes as detectors have them.</summary>
/// <remarks>
/// Several layers in a row, so that calling the runtime weighs little. The last value is reduced to one number a channel: otherwise
/// handing the output over would be measured as well.
/// </remarks>
internal sealed class ProbeNetwork
{
    private const int Opset = 14;

    private readonly Graph _graph;
    private SplitMix64 _random = new(16);
    private string _last = "images";
    private long _channels;
    private int _nodes;

    private ProbeNetwork(string name, long channels, long size)
    {
        (_graph, _channels) = (new Graph(name, Opset), channels);
        _graph.Inputs.Add(new ValueInfo(_last, ElementType.Float, [1, channels, size, size]));
    }

    /// <summary>A network over an input [1, channels, size, size].</summary>
    public static Graph Create(string name, long channels, long size, Action<ProbeNetwork> build)
    {
        var network = new ProbeNetwork(name, channels, size);
        build(network);
        network.Append("GlobalMaxPool");
        network._graph.Outputs.Add(new ValueInfo(network._last, ElementType.Float, null));
        return network._graph;
    }

    /// <summary>The last value, to come back to.</summary>
    public (string Value, long Channels) Mark => (_last, _channels);

    public ProbeNetwork From((string Value, long Channels) mark)
    {
        (_last, _channels) = mark;
        return this;
    }

    public ProbeNetwork Times(int count, Action<ProbeNetwork> part)
    {
        for (var time = 0; time < count; time++)
        {
            part(this);
        }

        return this;
    }

    /// <summary>A convolution padded to "same"; depthwise where it has a group for each channel.</summary>
    public ProbeNetwork Convolution(long outputs, long kernel = 3, long stride = 1, bool isDepthwise = false)
    {
        var inputs = isDepthwise ? 1 : _channels;
        var weight = Weight(inputs * kernel * kernel, outputs, inputs, kernel, kernel);
        _channels = outputs;
        return Append(
            "Conv", [weight, Constant("bias", Tensor.FromFloats([outputs], new float[outputs]))],
            ("kernel_shape", Square(kernel)),
            ("pads", Around(kernel)),
            ("strides", Square(stride)),
            ("group", isDepthwise ? outputs : 1L));
    }

    /// <summary>A transposed convolution that doubles the size: kernel 2, stride 2.</summary>
    public ProbeNetwork Deconvolution(long outputs)
    {
        var weight = Weight(_channels, _channels, outputs, 2, 2);
        _channels = outputs;
        return Append("ConvTranspose", [weight], ("kernel_shape", Square(2)), ("strides", Square(2)));
    }

    /// <summary>An operator of one input that keeps the channels.</summary>
    public ProbeNetwork Unary(string opType) => Append(opType);

    /// <summary>x · sigmoid(x).</summary>
    public ProbeNetwork Silu()
    {
        var x = Mark;
        return Unary("Sigmoid").Binary("Mul", x.Value);
    }

    /// <summary>An operator of the last value and another one.</summary>
    public ProbeNetwork Binary(string opType, string other) => Append(opType, [other]);

    public ProbeNetwork Pool(long kernel) => Append(
        "MaxPool", [], ("kernel_shape", Square(kernel)), ("pads", Around(kernel)), ("strides", Square(1)));

    /// <summary>Doubles the size by repeating pixels.</summary>
    public ProbeNetwork Upsample() => Append(
        "Resize", ["", Constant("scales", Tensor.FromFloats([4], 1, 1, 2, 2))],
        ("mode", "nearest"), ("nearest_mode", "floor"), ("coordinate_transformation_mode", "asymmetric"));

    public ProbeNetwork Concat((string Value, long Channels) other)
    {
        _channels += other.Channels;
        return Append("Concat", [other.Value], ("axis", 1L));
    }

    private ProbeNetwork Append(string opType, IEnumerable<string>? more = null, params (string Name, AttributeValue Value)[] attributes)
    {
        var output = $"v{++_nodes}";
        var node = new Node($"{opType.ToLowerInvariant()}{_nodes}", opType, [_last, .. more ?? []], [output]);
        foreach (var (name, value) in attributes)
        {
            node.Attributes[name] = value;
        }

        _graph.Nodes.Add(node);
        _last = output;
        return this;
    }

    private static long[] Square(long size) => [size, size];

    private static long[] Around(long kernel) => [.. Enumerable.Repeat((kernel - 1) / 2, 4)];

    // Uniform with the variance that keeps values near 1 from layer to layer.
    private string Weight(long fanIn, params long[] shape)
    {
        var bound = Math.Sqrt(3.0 / fanIn);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = (float)(((2 * _random.NextDouble()) - 1) * bound);
        }

        return Constant("weight", Tensor.FromFloats(shape, values));
    }

    private string Constant(string name, Tensor tensor)
    {
        var unique = $"{name}{_graph.Initializers.Count}";
        _graph.Initializers.Add(unique, tensor);
        return unique;
    }
}
