using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// What an engine's graph goes through before ONNX Runtime optimizes it: rewrites that its optimizer lacks, after which its kernels
/// compute the same values in less time. Files of the ort-cpu form stay as they are, pair for pair what other tools read.
/// </summary>
public static class OrtCpuEngineGraph
{
    /// <summary>Rewrites a float or Q/DQ graph in place.</summary>
    /// <returns>True when anything changed.</returns>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static bool Rewrite(Graph graph)
    {
        ShapeInference.Apply(graph);
        return new FlattenChannelsLast().Apply(graph) | new PadPictureChannels().Apply(graph);
    }
}
