using OpenCvSharp;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Pixels [H,W,3] BGR and the boxes on them. Owns the pixels.</summary>
internal sealed class Canvas(Mat pixels, List<PixelBox> boxes) : IDisposable
{
    public Mat Pixels { get; } = pixels;

    public List<PixelBox> Boxes { get; } = boxes;

    public void Dispose() => Pixels.Dispose();
}
