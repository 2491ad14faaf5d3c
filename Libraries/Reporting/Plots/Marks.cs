using System.Globalization;
using System.Text;

namespace QatPipeline.Reporting.Plots;

/// <summary>What stands for data in a plot's frame.</summary>
internal static class Marks
{
    /// <summary>A line through the finite points; it is interrupted where a value is missing.</summary>
    public static HtmlText Line(PlotFrame frame, Series series, int color)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        foreach (var (x, y) in series.X.Zip(series.Y))
        {
            var isPoint = double.IsFinite(x) && double.IsFinite(y);
            if (isPoint)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{frame.X(x):0.##} {frame.Y(y):0.##}");
            }

            isDrawing = isPoint;
        }

        return HtmlText.Of($"<path class=\"line\" stroke=\"{Palette.Of(color)}\" d=\"{path.ToString()}\"/>\n");
    }

    /// <summary>A dot at every finite point.</summary>
    public static HtmlText Dots(PlotFrame frame, Series series, int color, double radius) => HtmlText.Of(
        $"""
        <g fill="{Palette.Of(color)}">{series.X.Zip(series.Y)
            .Where(point => double.IsFinite(point.First) && double.IsFinite(point.Second))
            .Select(point => HtmlText.Of(
                $"<circle cx=\"{frame.X(point.First):0.##}\" cy=\"{frame.Y(point.Second):0.##}\" r=\"{radius:0.#}\"/>"))}</g>

        """);

    /// <summary>A thin line in the colour of the axes.</summary>
    public static HtmlText Segment(PlotFrame frame, (double X, double Y) from, (double X, double Y) to) => HtmlText.Of(
        $"<path class=\"axes\" d=\"M{frame.X(from.X):0.##} {frame.Y(from.Y):0.##}L{frame.X(to.X):0.##} {frame.Y(to.Y):0.##}\"/>");

    /// <summary>A bar from 0, 0.8 wide, around each whole number.</summary>
    public static HtmlText Bar(PlotFrame frame, int index, double value) => HtmlText.Of(
        $"""
        <rect fill="{Palette.Of(index)}" x="{frame.X(index - 0.4):0.##}" y="{frame.Y(value):0.##}"
            width="{frame.X(index + 0.4) - frame.X(index - 0.4):0.##}" height="{PlotFrame.Bottom - frame.Y(value):0.##}"/>

        """);

    /// <summary>The filled outline of equally wide bins.</summary>
    public static HtmlText Bins(PlotFrame frame, double first, double width, IReadOnlyList<double> heights)
    {
        var path = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"M{frame.X(first):0.##} {PlotFrame.Bottom:0.##}"));
        foreach (var (bin, height) in heights.Index())
        {
            path.Append(CultureInfo.InvariantCulture, $"V{frame.Y(height):0.##}H{frame.X(first + (width * (bin + 1))):0.##}");
        }

        return HtmlText.Of(
            $"<path class=\"bins\" fill=\"{Palette.Neutral}\" stroke=\"{Palette.Neutral}\" "
            + $"d=\"{path.ToString()}V{PlotFrame.Bottom:0.##}\"/>\n");
    }

    /// <summary>An upright line at a value, from the bottom to <paramref name="top"/>.</summary>
    public static HtmlText Upright(PlotFrame frame, double value, double top, int color) => HtmlText.Of(
        $"<path class=\"line\" stroke=\"{Palette.Of(color)}\" "
        + $"d=\"M{frame.X(value):0.##} {PlotFrame.Bottom:0.##}V{frame.Y(top):0.##}\"/>\n");
}
