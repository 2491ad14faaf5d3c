using QatPipeline.Coco.Images;
using QatPipeline.Engines;

namespace QatPipeline.Pipeline.Evaluation;

/// <summary>A built engine as a detector.</summary>
public sealed class EngineDetector(IEngine engine) : IDetector
{
    public ReadOnlyMemory<float> Run(ImageBatch batch) => engine.Run(batch.Pixels.Span, batch.Count)[0].Values;

    public void Dispose() => engine.Dispose();
}
