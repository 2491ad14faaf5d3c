using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Outputs;

/// <summary>Anything that detects: the float or fake-quantized graph, or an engine. One code path evaluates all of them.</summary>
public interface IDetector : IDisposable
{
    /// <summary>Runs a batch [N,3,H,W], whose values are as the network takes them.</summary>
    /// <returns>All outputs, in the model's order.</returns>
    IReadOnlyList<OutputTensor> Run(ImageBatch batch);
}
