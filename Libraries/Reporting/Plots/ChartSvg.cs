using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using QatPipeline.Reporting.Html;
using ScottPlot;

namespace QatPipeline.Reporting.Plots;

/// <summary>
/// Turns a plot into SVG that stands inside the page: its ink follows the page's colours, its identifiers are its own. No two plots of a
/// page have the same label.
/// </summary>
internal static partial class ChartSvg
{
    // Drawn in a colour that nothing else has and replaced in the text: a plot cannot draw in "the colour of the text around it".
    private const string InkHex = "#0A0B0C";
    private const string GridHex = "#0A0B0D";

    public static Color Ink => Color.FromHex(InkHex);

    public static HtmlText Render(Plot plot, int width, int height, string label)
    {
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 13;
        }

        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex(GridHex);
        plot.Legend.BackgroundColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.FontColor = Ink;
        var svg = plot.GetSvgXml(width, height);
        var prefix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(label)))[..8];
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = svg.Replace(InkHex, "currentColor", StringComparison.OrdinalIgnoreCase)
            .Replace(GridHex, "var(--line)", StringComparison.OrdinalIgnoreCase);

        // The drawing library counts its identifiers through the process: numbered anew, the same plot is the same text.
        var numbers = new Dictionary<string, int>();
        svg = Identifier().Replace(svg, match =>
        {
            numbers.TryAdd(match.Groups[2].Value, numbers.Count);
            return $"{match.Groups[1]}{prefix}-{numbers[match.Groups[2].Value]}";
        });
        return new HtmlText(Root().Replace(
            svg, $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{HtmlText.Of($"{label}")}\">", 1));
    }

    [GeneratedRegex("<svg[^>]*>")]
    private static partial Regex Root();

    /// <summary>Definitions (<c>id="cl_1"</c>) and uses (<c>url(#cl_1)</c>, <c>href="#cl_1"</c>).</summary>
    [GeneratedRegex("""(\bid="|url\(#|href="#)([^")]+)""")]
    private static partial Regex Identifier();
}
