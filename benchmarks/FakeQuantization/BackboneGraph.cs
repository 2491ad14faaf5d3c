using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Benchmarks.FakeQuantization;

/// <summary>The convolutions of YOLOv6-S's backbone (reference 1.4): Conv, live BatchNormalization, Relu.</summary>
internal static class BackboneGraph
{
    // Output channels and repeats after the strided convolution of every stage.
    private static readonly (int Channels, int Repeats)[] Stages = [(32, 0), (64, 2), (128, 4), (256, 6), (512, 2)];

    public static Graph Create(int size)
    {
        var graph = new Graph("backbone", 17);
        graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [Dimension.Named("batch"), 3, size, size]));
        var (value, channels, index) = ("images", 3, 0);
        foreach (var (outputs, repeats) in Stages)
        {
            for (var repeat = 0; repeat <= repeats; repeat++)
            {
                value = AddLayer(graph, $"layer{index++}", value, channels, outputs, stride: repeat == 0 ? 2 : 1);
                channels = outputs;
            }
        }

        graph.Outputs.Add(new ValueInfo(value, ElementType.Float, null));
        WeightRanges.Refresh(graph);
        return graph;
    }

    private static string AddLayer(Graph graph, string name, string input, int inputs, int outputs, long stride)
    {
        var random = new Random(outputs + inputs);
        var bound = MathF.Sqrt(6f / (inputs * 9));
        AddConstant(graph, $"{name}.weight", [outputs, inputs, 3, 3], () => ((2 * random.NextSingle()) - 1) * bound);
        AddConstant(graph, $"{name}.scale", [outputs], () => 1);
        AddConstant(graph, $"{name}.shift", [outputs], () => 0);
        AddConstant(graph, $"{name}.mean", [outputs], () => 0);
        AddConstant(graph, $"{name}.variance", [outputs], () => 1);
        graph.Nodes.Add(new Node(name, "Conv", [input, $"{name}.weight"], [$"{name}.conv"])
        {
            Attributes = { ["strides"] = new long[] { stride, stride }, ["pads"] = new long[] { 1, 1, 1, 1 } },
        });
        graph.Nodes.Add(
            new Node($"{name}.bn", "BatchNormalization",
                [$"{name}.conv", $"{name}.scale", $"{name}.shift", $"{name}.mean", $"{name}.variance"], [$"{name}.bn"]));
        graph.Nodes.Add(new Node($"{name}.relu", "Relu", [$"{name}.bn"], [$"{name}.relu"]));

        var weight = new Quantizer($"{name}.weight_quantizer", QuantizationScheme.SignedNarrow) { IsWeight = true, Axis = 0 };
        weight.Uses.Add(new QuantizerUse(name, 1));
        var activation = new Quantizer($"{name}.input_quantizer", QuantizationScheme.SignedSymmetric)
        {
            Ranges = [QuantizationRange.FromAmax(4)],
        };
        activation.Uses.Add(new QuantizerUse(name, 0));
        graph.Quantizers.AddRange([activation, weight]);
        return $"{name}.relu";
    }

    private static void AddConstant(Graph graph, string name, long[] shape, Func<float> value)
    {
        var values = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = value();
        }

        graph.Initializers.Add(name, GraphTensor.FromFloats(shape, values));
    }
}
