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
    private readonly IReadOnlyList<string> _outputs;

    /// <summary>Puts the graph on the default device. It must have one input.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="mode">Float or fake-quantized.</param>
    /// <param name="outputs">The outputs that are read; all where null or empty.</param>
    /// <exception cref="TorchExecutionException">The graph has an operator that cannot be run.</exception>
    public TorchDetector(Graph graph, ExecutionMode mode, IReadOnlyList<string>? outputs = null)
    {
        _network = new TorchNetwork(graph) { Mode = mode };
        _outputs = outputs is { Count: > 0 } ? outputs : [.. graph.Outputs.Select(output => output.Name)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<OutputTensor> Run(ImageBatch batch) => TorchThread.Run(() => Detect(batch));

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private OutputTensor[] Detect(ImageBatch batch)
    {
        using var scope = NewDisposeScope();
        var pixels = batch.ToPixels().ToTensor(_network.Device);
        var found = _network.Forward(pixels, _outputs);
        return [.. _outputs.Select(name => new OutputTensor(
            name, [.. found[name].shape.Select(size => (int)size)], found[name].to(ScalarType.Float32).ToFloats()))];
    }
}
