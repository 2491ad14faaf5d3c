using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines;

namespace QatPipeline.Stages.Evaluation;

/// <summary>A built engine as a detector.</summary>
public sealed class EngineDetector(IEngine engine) : IDetector
{
    /// <inheritdoc/>
    public DetectorOutput Run(ImageBatch batch)
    {
        var output = engine.Run(batch.Pixels, batch.Count, batch.Height, batch.Width)[0];
        return new DetectorOutput(output.Values, output.Shape[^1]);
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();
}
