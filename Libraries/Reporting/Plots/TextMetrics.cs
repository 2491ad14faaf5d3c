namespace QatPipeline.Reporting.Plots;

/// <summary>
/// How much room text takes. The page's reader chooses the font, so this is an estimate on the safe side of the common sans-serif fonts.
/// </summary>
internal static class TextMetrics
{
    /// <summary>Height of the letters of a plot, in its own units.</summary>
    public const double FontSize = 13;

    private const double CharacterWidth = 0.6 * FontSize;

    public static double Width(string text) => CharacterWidth * text.Length;
}
