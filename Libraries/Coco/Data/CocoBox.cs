namespace QatPipeline.Coco;

/// <summary>A box in pixels: left, top, width, height.</summary>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;
}
