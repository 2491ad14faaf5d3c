using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Torch;

namespace QatPipeline.Stages.Torch.Detectors;

internal static class ImageBatchExtensions
{
    /// <summary>The batch as the networks take it; valid until the batch is disposed.</summary>
    public static PixelBatch ToPixels(this ImageBatch batch) => new(batch.Pixels, batch.Count, 3, batch.Height, batch.Width);
}
