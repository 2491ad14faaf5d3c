using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Benchmarks.QdqForms;

/// <summary>The 19 convolutions of YOLOv6-S's backbone at 640 pixels (reference 1.8), each with bias and Relu, random weights.</summary>
internal static class ConvReluChain
{
    public const int Size = 640;

    private const float ActivationAmax = 4;

    private static readonly (int Channels, int Count)[] Stages = [(64, 2), (128, 4), (256, 6), (512, 2)];

    /// <summary>The float network.</summary>
    public static Graph Float()
    {
        var graph = new Graph("chain", 13);
        graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [1, 3, Size, Size]));
        var random = new Random(1);
        var (value, channels) = Add(graph, random, "images", 3, 32, stride: 2);
        foreach (var (width, count) in Stages)
        {
            (value, channels) = Add(graph, random, value, channels, width, stride: 2);
            for (var layer = 0; layer < count; layer++)
            {
                (value, channels) = Add(graph, random, value, channels, width, stride: 1);
            }
        }

        graph.Outputs.Add(new ValueInfo(value, ElementType.Float, [1, channels, Size / 32, Size / 32]));
        return graph;
    }

    /// <summary>The same with symmetric Q/DQ pairs before every convolution and, where asked for, before every Relu.</summary>
    public static Graph Symmetric(bool aroundRelu)
    {
        var graph = Float();
        TargetRegistry.TensorRt.Place(graph);
        foreach (var relu in graph.Nodes.Where(node => aroundRelu && node.Is("Relu")))
        {
            var quantizer = new Quantizer($"{relu.Name}._input_quantizer", QuantizationScheme.SignedSymmetric);
            quantizer.Uses.Add(new QuantizerUse(relu.Name, 0));
            graph.Quantizers.Add(quantizer);
        }

        foreach (var quantizer in graph.Quantizers)
        {
            quantizer.Ranges = [QuantizationRange.FromAmax(ActivationAmax)];
        }

        WeightRanges.Refresh(graph);
        return TargetRegistry.Build(graph, "tensorrt-qdq").Graph;
    }

    private static (string Value, int Channels) Add(Graph graph, Random random, string input, int cin, int cout, int stride)
    {
        var name = $"conv{graph.Nodes.Count / 2}";
        // Bounds that keep the variance of activations from layer to layer.
        var bound = MathF.Sqrt(6f / (cin * 9));
        var weight = new float[cout * cin * 9];
        for (var index = 0; index < weight.Length; index++)
        {
            weight[index] = ((random.NextSingle() * 2) - 1) * bound;
        }

        graph.Initializers[$"{name}.weight"] = Tensor.FromFloats([cout, cin, 3, 3], weight);
        graph.Initializers[$"{name}.bias"] = Tensor.FromFloats([cout], new float[cout]);
        graph.Nodes.Add(new Node(name, "Conv", [input, $"{name}.weight", $"{name}.bias"], [$"{name}.out"])
        {
            Attributes =
            {
                ["kernel_shape"] = new long[] { 3, 3 },
                ["strides"] = new long[] { stride, stride },
                ["pads"] = new long[] { 1, 1, 1, 1 },
            },
        });
        graph.Nodes.Add(new Node($"{name}.relu", "Relu", [$"{name}.out"], [$"{name}.relu.out"]));
        return ($"{name}.relu.out", cout);
    }
}
