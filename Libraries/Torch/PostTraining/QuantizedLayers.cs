using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Torch.PostTraining;

/// <summary>The layers that quantization touches.</summary>
internal static class QuantizedLayers
{
    /// <summary>Names of the nodes with an enabled, calibrated weight quantizer, in execution order.</summary>
    /// <exception cref="TorchExecutionException">There is none.</exception>
    public static IReadOnlyList<string> Of(Graph graph)
    {
        var layers = QuantizerSelection.Layers(graph, calibrated: true);
        return layers.Count > 0
            ? layers
            : throw new TorchExecutionException($"Graph '{graph.Name}' has no calibrated layers; place quantizers and calibrate first.");
    }
}
