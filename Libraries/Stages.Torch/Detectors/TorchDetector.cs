using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using static TorchSharp.torch;

namespace QatPipeline.Stages.Torch.Detectors;

/// <summary>A graph run in TorchSharp as a detector: float, or with its quantizers simulated.</summary>
public sealed class TorchDetector : IDetector
{
    private readonly TorchNetwork _network;

    /// <summary>Puts the graph on the default device. It must have one input, and detections as its first output.</summary>
    /// <exception cref="TorchExecutionException">The graph has an operator that cannot be run.</exception>
    public TorchDetector(Graph graph, ExecutionMode mode) => _network = new TorchNetwork(graph) { Mode = mode };

    /// <inheritdoc/>
    public DetectorOutput Run(ImageBatch batch) => TorchThread.Run(() => Detect(batch));

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private DetectorOutput Detect(ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        var pixels = batch.ToPixels().ToTensor(_network.Device);
        var output = _network.Forward(pixels)[_network.Graph.Outputs[0].Name];
        return new DetectorOutput(output.ToFloats(), (int)output.shape[^1]);
    }
}
