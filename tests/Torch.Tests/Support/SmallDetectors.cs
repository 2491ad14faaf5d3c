using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.Tests.Support;

/// <summary>Small convolutional networks on images [1,3,16,16] with the parts of a detector.</summary>
internal static class SmallDetectors
{
    /// <summary>Images for the networks of this class, by seed.</summary>
    public static PixelBatch Batch(int seed, int images) =>
        new(RandomTensors.Uniform(seed, 0, 1, images, 3, 16, 16).ToFloats(), images, 3, 16, 16);

    public static List<PixelBatch> Batches(int count, int images) => [.. Enumerable.Range(1, count).Select(seed => Batch(seed, images))];

    /// <summary>conv0 – (bn0) – relu0 – conv1 (depthwise) – relu1 – conv2 → out [1,6,16,16].</summary>
    public static Graph ConvChain(bool withBatchNorm = false)
    {
        var graph = new Graph("chain", 17);
        graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [1, 3, 16, 16]));
        AddConv(graph, "conv0", "images", RandomTensors.Normal(1, 8, 3, 3, 3), group: 1, padding: 1);
        var activation = "conv0";
        if (withBatchNorm)
        {
            AddBatchNorm(graph, "bn0", activation, 8);
            activation = "bn0";
        }

        AddRelu(graph, "relu0", activation);
        AddConv(graph, "conv1", "relu0", RandomTensors.Normal(2, 8, 1, 3, 3), group: 8, padding: 1);
        AddRelu(graph, "relu1", "conv1");
        AddConv(graph, "out", "relu1", RandomTensors.Normal(3, 6, 8, 1, 1), group: 1, padding: 0);
        graph.Outputs.Add(new ValueInfo("out", ElementType.Float, [1, 6, 16, 16]));
        return graph;
    }

    /// <summary>Two convolutions that read the same tensor through one quantizer, their sum read by a third.</summary>
    public static Graph WithSharedInput()
    {
        var graph = new Graph("shared", 17);
        graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [1, 3, 16, 16]));
        AddConv(graph, "left", "images", RandomTensors.Normal(1, 4, 3, 1, 1), 1, 0);
        AddConv(graph, "right", "images", RandomTensors.Normal(2, 4, 3, 1, 1), 1, 0);
        graph.Nodes.Add(new Node("sum", "Add", ["left", "right"], ["sum"]));
        AddConv(graph, "out", "sum", RandomTensors.Normal(3, 2, 4, 1, 1), 1, 0);
        graph.Outputs.Add(new ValueInfo("out", ElementType.Float, null));
        graph.Quantizers.Add(Activation("shared.input", QuantizationScheme.UnsignedNonNegative, new(0, 1), ("left", 0), ("right", 0)));
        graph.Quantizers.Add(Activation("out.input", QuantizationScheme.UnsignedAffine, new(-3, 3), ("out", 0)));
        return graph;
    }

    /// <summary>Calibrated quantizers on every convolution's input (per tensor) and weight (per channel).</summary>
    public static void AddQuantizers(Graph graph)
    {
        foreach (var (index, node) in graph.Nodes.Where(node => node.Is("Conv")).Index())
        {
            graph.Quantizers.Add(
                Activation($"{node.Name}.input", QuantizationScheme.UnsignedNonNegative, new(0, index == 0 ? 1 : 3), (node.Name, 0)));
        }

        AddWeightQuantizers(graph);
    }

    /// <summary>Calibrated per-channel quantizers on every convolution's weight.</summary>
    public static void AddWeightQuantizers(Graph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node.Is("Conv")))
        {
            var weight = new Quantizer($"{node.Name}.weight", QuantizationScheme.SignedNarrow) { IsWeight = true, Axis = 0 };
            weight.Uses.Add(new QuantizerUse(node.Name, 1));
            graph.Quantizers.Add(weight);
        }

        WeightRanges.Refresh(graph);
    }

    /// <summary>The same network with the quantizers written as explicit nodes.</summary>
    public static Graph WithQdqNodes(Graph graph)
    {
        var explicitGraph = new Graph(graph.Name, graph.Opset);
        explicitGraph.Inputs.AddRange(graph.Inputs);
        explicitGraph.Outputs.AddRange(graph.Outputs);
        foreach (var (name, tensor) in graph.Initializers)
        {
            explicitGraph.Initializers.Add(name, tensor);
        }

        var links = graph.Link();
        foreach (var node in graph.Nodes.Select(node => node.Clone()))
        {
            for (var input = 0; input < node.Inputs.Count; input++)
            {
                if (links.QuantizerAt(node.Name, input) is { } quantizer)
                {
                    node.Inputs[input] = AddQdq(explicitGraph, quantizer, node.Inputs[input]);
                }
            }

            explicitGraph.Nodes.Add(node);
        }

        return explicitGraph;
    }

    private static string AddQdq(Graph graph, Quantizer quantizer, string value)
    {
        var parameters = quantizer.Ranges.Select(range => QuantizationParameters.Create(quantizer.Scheme, range)).ToArray();
        long[] shape = quantizer.Axis is null ? [] : [parameters.Length];
        var (scale, zero) = ($"{quantizer.Name}.scale", $"{quantizer.Name}.zero");
        graph.Initializers[scale] = GraphTensor.From<float>(shape, parameters.Select(item => item.Scale).ToArray());
        graph.Initializers[zero] = quantizer.IsWeight
            ? GraphTensor.From<sbyte>(shape, parameters.Select(item => (sbyte)item.ZeroPoint).ToArray())
            : GraphTensor.From<byte>(shape, parameters.Select(item => (byte)item.ZeroPoint).ToArray());
        var (codes, real) = ($"{quantizer.Name}.codes", $"{quantizer.Name}.real");
        graph.Nodes.Add(new Node(
            $"{quantizer.Name}.q", "QuantizeLinear", [value, scale, zero], [codes])
        { Attributes = { ["axis"] = quantizer.Axis ?? 0 } });
        graph.Nodes.Add(new Node(
            $"{quantizer.Name}.dq", "DequantizeLinear", [codes, scale, zero], [real])
        { Attributes = { ["axis"] = quantizer.Axis ?? 0 } });
        return real;
    }

    private static Quantizer Activation(
        string name, QuantizationScheme scheme, QuantizationRange range, params (string Node, int Input)[] uses)
    {
        var quantizer = new Quantizer(name, scheme) { Ranges = [range] };
        quantizer.Uses.AddRange(uses.Select(use => new QuantizerUse(use.Node, use.Input)));
        return quantizer;
    }

    private static void AddConv(Graph graph, string name, string input, GraphTensor weight, long group, long padding)
    {
        graph.Initializers.Add($"{name}.weight", weight);
        graph.Initializers.Add($"{name}.bias", RandomTensors.Uniform(9, -0.2f, 0.2f, weight.Dimensions[0]));
        graph.Nodes.Add(new Node(name, "Conv", [input, $"{name}.weight", $"{name}.bias"], [name])
        {
            Attributes = { ["group"] = group, ["pads"] = new long[] { padding, padding, padding, padding } },
        });
    }

    private static void AddRelu(Graph graph, string name, string input) => graph.Nodes.Add(new Node(name, "Relu", [input], [name]));

    private static void AddBatchNorm(Graph graph, string name, string input, long channels)
    {
        graph.Initializers.Add($"{name}.scale", RandomTensors.Uniform(1, 0.5f, 1.5f, channels));
        graph.Initializers.Add($"{name}.shift", RandomTensors.Uniform(2, -1, 1, channels));
        graph.Initializers.Add($"{name}.mean", RandomTensors.Uniform(3, -1, 1, channels));
        graph.Initializers.Add($"{name}.variance", RandomTensors.Uniform(4, 0.5f, 1.5f, channels));
        graph.Nodes.Add(
            new Node(name, "BatchNormalization", [input, $"{name}.scale", $"{name}.shift", $"{name}.mean", $"{name}.variance"], [name]));
    }
}
