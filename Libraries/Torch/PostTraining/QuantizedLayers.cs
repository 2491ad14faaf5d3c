using QatPipeline.Graphs.Model;

namespace QatPipeline.Torch.PostTraining;

/// <summary>The layers that quantization touches.</summary>
internal static class QuantizedLayers
{
    /// <summary>Names of the nodes with an enabled, calibrated weight quantizer, in execution order.</summary>
    /// <exception cref="TorchExecutionException">There is none.</exception>
    public static IReadOnlyList<string> Of(Graph graph)
    {
        var hosts = graph.Quantizers
            .Where(quantizer => quantizer is { IsWeight: true, IsEnabled: true, IsCalibrated: true })
            .SelectMany(quantizer => quantizer.Uses)
            .Select(use => use.Node)
            .ToHashSet(StringComparer.Ordinal);
        string[] layers = [.. graph.Nodes.Select(node => node.Name).Where(hosts.Contains)];
        return layers.Length > 0
            ? layers
            : throw new TorchExecutionException($"Graph '{graph.Name}' has no calibrated layers; place quantizers and calibrate first.");
    }
}
