using QatPipeline.Coco.Images;

namespace QatPipeline.Pipeline.Evaluation;

/// <summary>Anything that detects: the float or fake-quantized graph, or an engine. One code path evaluates all of them.</summary>
public interface IDetector : IDisposable
{
    /// <summary>Runs a batch [N,3,H,W].</summary>
    /// <returns>[N,A,5+K], row-major, valid until the next call.</returns>
    ReadOnlyMemory<float> Run(ImageBatch batch);
}
