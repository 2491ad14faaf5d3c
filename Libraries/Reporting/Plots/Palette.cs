namespace QatPipeline.Reporting.Plots;

/// <summary>Colours told apart on a light and on a dark page, and by readers who confuse red with green.</summary>
internal static class Palette
{
    /// <summary>What stands behind the marks of a plot.</summary>
    public const string Neutral = "#8A8F98";

    private static readonly string[] Colors = ["#2F7BD9", "#E07B1A", "#2AA876", "#B35BD1", Neutral, "#D1495B"];

    /// <summary>The colour of the series at <paramref name="index"/>; the seventh has that of the first again.</summary>
    public static string Of(int index) => Colors[index % Colors.Length];
}
