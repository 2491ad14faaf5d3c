using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.TorchInt8;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Torch.Execution;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.Support;

/// <summary>A small graph with Q/DQ nodes, put together operator by operator, whose output's codes are looked at.</summary>
internal sealed class QdqSketch
{
    private readonly Graph _graph = new("sketch", 17);
    private readonly long[] _shape;
    private readonly float _inputScale;
    private float _scale;
    private int _zeroPoint;

    public QdqSketch(long[] shape, float scale, int zeroPoint)
    {
        (_shape, _inputScale) = (shape, scale);
        _graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [.. shape.Select(Dimension.ToDimension)]));
        Last = "images";
        Last = Requantized(scale, zeroPoint);
    }

    /// <summary>The value that was computed last.</summary>
    public string Last { get; private set; }

    public string Add(string operation, string[] inputs, params (string Name, AttributeValue Value)[] attributes) =>
        AddNode(operation, inputs, 1, attributes)[0];

    /// <summary>The last value through a pair.</summary>
    public string Requantized(float scale, int zeroPoint)
    {
        string[] parameters =
            [Constant("scale", GraphTensor.Scalar(scale)), Constant("zero", GraphTensor.Scalar((byte)zeroPoint))];
        var (before, codes) = (Last, Add("QuantizeLinear", [Last, .. parameters]));
        var value = Add("DequantizeLinear", [codes, .. parameters]);
        Last = before;
        return value;
    }

    public void Conv(int[] weights, long[] shape, float[] scales, int[] biases, int stride, int padding, int group)
    {
        var codes = Constant("weight", GraphTensor.From<sbyte>(shape, Array.ConvertAll(weights, code => (sbyte)code)));
        var zeros = Constant("zeros", GraphTensor.From<sbyte>([shape[0]], new sbyte[shape[0]]));
        var scale = Constant("scales", GraphTensor.FromFloats([shape[0]], scales));
        var bias = Constant("bias", GraphTensor.From<int>([shape[0]], biases));
        var biasScale = Constant("bias_scales", GraphTensor.FromFloats([shape[0]], Array.ConvertAll(scales, s => s * _inputScale)));
        var input = Last;
        var weight = Add("DequantizeLinear", [codes, scale, zeros], ("axis", 0L));
        Add(
            "Conv",
            [input, weight, Add("DequantizeLinear", [bias, biasScale], ("axis", 0L))],
            ("strides", new long[] { stride, stride }),
            ("pads", new long[] { padding, padding, padding, padding }),
            ("group", (long)group));
    }

    public void Operator(string operation, string left, string right)
    {
        switch (operation)
        {
            case "Add" or "Mul":
                Add(operation, [left, right]);
                break;
            case "Concat":
                Add(operation, [left, right], ("axis", 1L));
                break;
            case "MaxPool":
                Add(operation, [left], ("kernel_shape", new long[] { 5, 5 }), ("pads", new long[] { 2, 2, 2, 2 }));
                break;
            case "Resize":
                var scales = Constant("factors", GraphTensor.FromFloats([4], 1, 1, 2, 2));
                Add(operation, [left, "", scales], ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
                break;
            case "Transpose":
                Add(operation, [left], ("perm", new long[] { 0, 2, 1, 3 }));
                break;
            case "Split":
                Last = AddNode(operation, [left], 2, ("axis", 1L))[1];
                break;
            case "Pad":
                Add(operation, [left, Constant("pads", GraphTensor.FromLongs([8], 0, 0, 1, 2, 0, 0, 0, 3))]);
                break;
            default:
                Add(operation, [left]);
                break;
        }
    }

    /// <summary>The graph whose output is the last value, quantized.</summary>
    public Graph Finished(float scale, int zeroPoint)
    {
        (_scale, _zeroPoint) = (scale, zeroPoint);
        _graph.Outputs.Add(new ValueInfo(Requantized(scale, zeroPoint), ElementType.Float, null));
        return _graph;
    }

    /// <summary>The output's codes by LibTorch.</summary>
    public int[] Run(float scale, int zeroPoint, float[] images)
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("sketch.pt");
        TorchInt8Archive.Write(Finished(scale, zeroPoint), path);
        using var scope = NewDisposeScope();
        using var network = new ScriptedNetwork(path);
        return CodesOf(network.Forward(tensor(images, _shape))[0].ToFloats());
    }

    /// <summary>The output's codes by ONNX Runtime, which computes as the nodes say.</summary>
    public int[] RunOnnx(float[] images) => CodesOf(OrtRunner
        .Run(_graph, new Dictionary<string, GraphTensor> { ["images"] = GraphTensor.FromFloats(_shape, images) })[_graph.Outputs[0].Name]
        .ToFloats());

    private string Constant(string name, GraphTensor tensor)
    {
        _graph.Initializers.Add($"{name}{_graph.Initializers.Count}", tensor);
        return $"{name}{_graph.Initializers.Count - 1}";
    }

    private int[] CodesOf(float[] values) => Array.ConvertAll(values, value => (int)MathF.Round(value / _scale) + _zeroPoint);

    private string[] AddNode(string operation, string[] inputs, int outputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var node = new Node($"{operation}{_graph.Nodes.Count}", operation, inputs, []);
        node.Outputs.AddRange(Enumerable.Range(0, outputs).Select(index => $"{node.Name}_{index}"));
        foreach (var (name, value) in attributes)
        {
            node.Attributes[name] = value;
        }

        _graph.Nodes.Add(node);
        Last = node.Outputs[0];
        return [.. node.Outputs];
    }
}
