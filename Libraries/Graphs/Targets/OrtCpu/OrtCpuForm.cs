using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// The form whose operators ONNX Runtime fuses to integer kernels: one pair of QuantizeLinear and DequantizeLinear a tensor, after the
/// activation, unsigned; weights as int8 constants, biases of layers on integers as int32 ones.
/// </summary>
internal static class OrtCpuForm
{
    public const string Name = "ort-cpu";

    public static Graph Build(Graph graph)
    {
        GraphSimplifier.Deploy(graph);
        OrtCpuBiases.Write(graph);
        QuantizerMaterializer.Materialize(graph, pairPerUse: false);
        new RemoveIdentity().Apply(graph);
        IntegerHardSwish.Apply(graph);
        GuardFloatLayers(graph);
        return graph;
    }

    /// <summary>
    /// The runtime quantizes the float weight of any layer between quantized tensors, with one scale for the whole weight, which ruins the
    /// depthwise convolutions that partial quantization leaves float. A LeakyRelu of slope 1, which changes nothing and costs nothing
    /// because it fuses into the float convolution, keeps it from doing so.
    /// </summary>
    private static void GuardFloatLayers(Graph graph)
    {
        var fusion = new OrtCpuFusion(graph);
        foreach (var layer in graph.Nodes.FindAll(node => node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm")))
        {
            if (fusion.IsWeightQuantizedByRuntime(layer))
            {
                var output = layer.Outputs[0];
                layer.Outputs[0] = graph.UniqueValue($"{output}_float");
                var guard = new Node(graph.UniqueNode($"{layer.Name}.keep_float"), "LeakyRelu", [layer.Outputs[0]], [output])
                {
                    Attributes = { ["alpha"] = 1f },
                };
                graph.Nodes.Insert(graph.Nodes.IndexOf(layer) + 1, guard);
            }
        }
    }
}
