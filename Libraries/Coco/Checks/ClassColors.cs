using SkiaSharp;

namespace QatPipeline.Coco.Checks;

/// <summary>A colour for each class, neighbours far apart on the circle of hues.</summary>
internal static class ClassColors
{
    // The golden angle never comes back to a hue.
    private const float Step = 137.508f;

    public static SKColor Of(int classIndex) => SKColor.FromHsl(classIndex * Step % 360, 90, 50);

    public static string Text(int classIndex) => Of(classIndex) is var color ? $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}" : "";
}
