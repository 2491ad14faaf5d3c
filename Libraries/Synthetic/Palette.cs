namespace QatPipeline.Synthetic;

/// <summary>Colours. Unless hints are asked for, classes have none of their own: only the outline tells them apart.</summary>
internal static class Palette
{
    public static SKColor Any(Random random) =>
        SKColor.FromHsv(360 * random.NextSingle(), 100 * random.NextSingle(), 15 + (85 * random.NextSingle()));

    public static SKColor Muted(Random random) =>
        SKColor.FromHsv(360 * random.NextSingle(), 45 * random.NextSingle(), 20 + (70 * random.NextSingle()));

    /// <summary>A colour of a class: hues are spread evenly over the classes.</summary>
    public static SKColor OfClass(int shape, int classes, Random random)
    {
        var hue = 360f * (shape + (0.4f * (random.NextSingle() - 0.5f))) / classes;
        return SKColor.FromHsv((hue + 360) % 360, 70 + (30 * random.NextSingle()), 50 + (50 * random.NextSingle()));
    }
}
