using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines;

namespace QatPipeline.Stages.Evaluation;

/// <summary>A built engine as a detector.</summary>
public sealed class EngineDetector(IEngine engine) : IDetector
{
    /// <inheritdoc/>
    public IReadOnlyList<OutputTensor> Run(ImageBatch batch)
    {
        // The last batch of a list may be smaller than the one that the engine is fixed to.
        var step = engine.Input.FixedBatch ?? 1;
        var padded = (batch.Count + step - 1) / step * step;
        var pixels = (ReadOnlyMemory<float>)batch.Pixels;
        if (padded > batch.Count)
        {
            var filled = new float[pixels.Length / batch.Count * padded];
            pixels.Span.CopyTo(filled);
            pixels = filled;
        }

        return [.. engine.Run(pixels, padded, batch.Height, batch.Width).Select(output => First(output, batch.Count, padded))];
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private static OutputTensor First(EngineOutput output, int count, int padded) =>
        count == padded || output.Shape[0] != padded
            ? new OutputTensor(output.Name, output.Shape, output.Values)
            : new OutputTensor(
                output.Name, [count, .. output.Shape.Skip(1)], output.Values.AsMemory(0, output.Values.Length / padded * count));
}
