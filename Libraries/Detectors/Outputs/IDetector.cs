using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Outputs;

/// <summary>Anything that detects: the float or fake-quantized graph, or an engine. One code path evaluates all of them.</summary>
public interface IDetector : IDisposable
{
    /// <summary>Runs a batch [N,3,H,W].</summary>
    DetectorOutput Run(ImageBatch batch);
}

/// <summary>What a detector found in a batch.</summary>
/// <param name="Values">[N,A,5+K], row-major, valid until the detector's next call.</param>
/// <param name="RowLength">5+K: box, objectness and the model's own number of classes.</param>
public readonly record struct DetectorOutput(ReadOnlyMemory<float> Values, int RowLength);
