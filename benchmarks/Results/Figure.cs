using System.Globalization;

namespace QatPipeline.Benchmarks.Results;

/// <summary>A figure of a benchmark beside what it is held against.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">How much, in <paramref name="Unit"/>.</param>
/// <param name="Unit">Of both values.</param>
/// <param name="AnchorName">What the anchor is: the target, the scalar form, the float engine.</param>
/// <param name="Anchor">Its value.</param>
/// <param name="IsLessBetter">True for times and losses, false for rates.</param>
public sealed record Figure(string Name, double Measured, string Unit, string AnchorName, double Anchor, bool IsLessBetter)
{
    /// <summary>How many times as good as the anchor, above 1 is better; null beside an anchor that is not positive.</summary>
    public double? Ratio => Anchor <= 0 ? null : IsLessBetter ? Anchor / Measured : Measured / Anchor;

    /// <summary>A time, or another figure that had better be small.</summary>
    public static Figure Less(string name, double measured, string unit, string anchorName, double anchor) =>
        new(name, measured, unit, anchorName, anchor, IsLessBetter: true);

    /// <summary>A rate, or another figure that had better be large.</summary>
    public static Figure More(string name, double measured, string unit, string anchorName, double anchor) =>
        new(name, measured, unit, anchorName, anchor, IsLessBetter: false);

    /// <summary>The line that <c>benchmarks/run-all</c> makes a row of: four columns after a mark, with tabs between.</summary>
    public override string ToString() => string.Join(
        '\t',
        "figure",
        Name,
        $"{Text(Measured)} {Unit}",
        $"{AnchorName} {Text(Anchor)} {Unit}",
        Ratio is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "–");

    private static string Text(double value)
    {
        // Three digits that count.
        var decimals = value == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
