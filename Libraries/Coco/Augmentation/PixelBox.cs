using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Augmentation;

/// <summary>A class index and corners in pixels of a canvas.</summary>
internal readonly record struct PixelBox(int Class, double X1, double Y1, double X2, double Y2)
{
    public double Width => X2 - X1;

    public double Height => Y2 - Y1;

    /// <summary>A normalised box on an image of this size whose corner is at an offset of the canvas.</summary>
    public static PixelBox Of(YoloLabel label, double width, double height, double left, double top) => new(
        label.Class,
        ((label.CenterX - (label.W / 2)) * width) + left,
        ((label.CenterY - (label.H / 2)) * height) + top,
        ((label.CenterX + (label.W / 2)) * width) + left,
        ((label.CenterY + (label.H / 2)) * height) + top);

    public PixelBox Clip(double width, double height) => this with
    {
        X1 = Math.Clamp(X1, 0, width),
        Y1 = Math.Clamp(Y1, 0, height),
        X2 = Math.Clamp(X2, 0, width),
        Y2 = Math.Clamp(Y2, 0, height),
    };

    public YoloLabel Normalise(double width, double height) =>
        new(Class, (X1 + X2) / 2 / width, (Y1 + Y2) / 2 / height, Width / width, Height / height);
}
