using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>Explicit quantization as TensorRT reads it: a pair on every quantized input, signed symmetric, zero point 0.</summary>
internal static class TensorRtQdqForm
{
    public const string Name = "tensorrt-qdq";

    public static Graph Build(Graph graph, FormOptions options)
    {
        GraphSimplifier.Deploy(graph);
        QuantizerMaterializer.Materialize(graph, pairPerUse: true);
        new RemoveIdentity().Apply(graph);
        if (options.FloatWeights)
        {
            WriteFloatWeights(graph);
        }

        return graph;
    }

    /// <summary>codes → DQ      becomes      values on the grid → Q → DQ.</summary>
    private static void WriteFloatWeights(Graph graph)
    {
        var links = graph.Link();
        foreach (var dequantize in graph.Nodes.FindAll(node => node.Is("DequantizeLinear")))
        {
            var codesName = dequantize.Inputs[0];
            if (graph.Initializers.TryGetValue(codesName, out var codes)
                && QuantizeParameters.Of(graph, links, dequantize) is { } parameters)
            {
                var host = dequantize.Name[..^QdqNames.Dequantize.Length];
                var weight = codesName[..^QdqNames.Quantized.Length];
                graph.Initializers.Remove(codesName);
                graph.Initializers[weight] = parameters.Dequantize(codes);
                graph.Nodes.Insert(
                    graph.Nodes.IndexOf(dequantize),
                    new Node(host + QdqNames.Quantize, "QuantizeLinear", [weight, .. dequantize.Inputs[1..]], [codesName])
                    {
                        Attributes = new(dequantize.Attributes, StringComparer.Ordinal),
                    });
            }
        }
    }
}
