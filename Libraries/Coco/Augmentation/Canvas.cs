using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Pixels and the boxes on them. Owns the pixels.</summary>
internal sealed class Canvas(PixelBuffer pixels, List<PixelBox> boxes) : IDisposable
{
    public PixelBuffer Pixels { get; } = pixels;

    public List<PixelBox> Boxes { get; } = boxes;

    public void Dispose() => Pixels.Dispose();
}
