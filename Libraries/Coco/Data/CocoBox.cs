namespace QatPipeline.Coco.Data;

/// <summary>A box in pixels: left, top, width, height.</summary>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    /// <summary>Of the box, in pixels²; an object's own area is <see cref="CocoAnnotation.Area"/>.</summary>
    public double Area => Width * Height;
}
