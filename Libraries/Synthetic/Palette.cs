using SkiaSharp;

namespace QatPipeline.Synthetic;

/// <summary>Colours: classes have none of their own, so that only the outline tells them apart.</summary>
internal static class Palette
{
    public static SKColor Any(Random random) => SKColor.FromHsv(360 * random.NextSingle(), 100 * random.NextSingle(), 15 + (85 * random.NextSingle()));

    public static SKColor Muted(Random random) => SKColor.FromHsv(360 * random.NextSingle(), 45 * random.NextSingle(), 20 + (70 * random.NextSingle()));
}
