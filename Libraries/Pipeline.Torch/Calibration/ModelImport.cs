using QatPipeline.Graphs;

namespace QatPipeline.Pipeline.Torch.Calibration;

/// <summary>Checks and simplifies a float model before anything is measured on it.</summary>
internal static class ModelImport
{
    /// <exception cref="GraphException">The model cannot be quantized; the message says why.</exception>
    public static Graph Prepare(Graph graph)
    {
        foreach (var (name, tensor) in graph.Initializers)
        {
            if (tensor.Type == ElementType.Float && tensor.As<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new GraphException($"the model's constant '{name}' holds NaN or infinite values: export the model again from sound weights");
            }
        }

        if (!graph.Nodes.Exists(node => node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm") || node.Is("MatMul")))
        {
            throw new GraphException($"model '{graph.Name}' has no Conv, ConvTranspose, Gemm or MatMul: there is nothing to quantize");
        }

        GraphSimplifier.Simplify(graph);
        return graph;
    }
}
