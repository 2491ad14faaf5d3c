using System.Globalization;

namespace QatPipeline.Reporting.Plots;

/// <summary>The kinds of plots that the report has.</summary>
internal static class Chart
{
    /// <summary>
    /// Lines; with <paramref name="isCounted"/> the abscissa counts, so that every point is marked and ticks are whole numbers.
    /// </summary>
    public static HtmlText Lines(string caption, string xLabel, string yLabel, IReadOnlyList<Series> series, bool isCounted = false)
    {
        var frame = Frame(xLabel, yLabel, series, isCounted);
        return frame.Draw(caption, HtmlText.Of(
            $"""
            {series.Select((item, color) => Marks.Line(frame, item, color))}
            {(isCounted ? series.Select((item, color) => Marks.Dots(frame, item, color, 2.5)) : [])}
            """));
    }

    /// <summary>Points; with <paramref name="diagonal"/> the line on which both coordinates are equal.</summary>
    public static HtmlText Points(string caption, string xLabel, string yLabel, IReadOnlyList<Series> series, bool diagonal = false)
    {
        var end = series.SelectMany(item => item.X.Concat(item.Y)).DefaultIfEmpty(1).Max();
        var equal = new Series("", [0, end], [0, end]);
        var frame = Frame(xLabel, yLabel, diagonal ? [.. series, equal] : series, isCounted: false, named: series);
        return frame.Draw(caption, HtmlText.Of(
            $"""
            {(diagonal ? Marks.Segment(frame, (0, 0), (end, end)) : HtmlText.Empty)}
            {series.Select((item, color) => Marks.Dots(frame, item, color, 3))}
            """));
    }

    /// <summary>A named bar for each value.</summary>
    public static HtmlText Bars(string caption, string yLabel, IReadOnlyList<(string Label, double Value)> bars)
    {
        var frame = new PlotFrame(
            new Axis("", -0.6, bars.Count - 0.4, [.. bars.Select((bar, index) => new Tick(index, bar.Label))]),
            Axis.Over(yLabel, bars.Select(bar => bar.Value), fromZero: true),
            []);
        return frame.Draw(caption, HtmlText.Join(bars.Select((bar, index) => Marks.Bar(frame, index, bar.Value))));
    }

    /// <summary>Counts on a logarithmic scale over equally wide bins, with a named upright line at each mark.</summary>
    public static HtmlText Histogram(
        string caption, double first, double width, IReadOnlyList<long> counts, IReadOnlyList<(string Name, double Value)> marks)
    {
        double[] heights = [.. counts.Select(count => Math.Log10(1.0 + count))];
        var top = Math.Max(1, heights.Max()) * 1.05;
        var powers = Enumerable.Range(0, (int)top + 1)
            .Select(power => new Tick(power, string.Create(CultureInfo.InvariantCulture, $"1e{power}")));
        var frame = new PlotFrame(
            Axis.Over("magnitude", [first, first + (width * counts.Count), .. marks.Select(mark => mark.Value)]),
            new Axis("values", 0, top, [.. powers]),
            [.. marks.Select(mark => string.Create(CultureInfo.InvariantCulture, $"{mark.Name}: {mark.Value:G4}"))]);
        return frame.Draw(caption, HtmlText.Of(
            $"{Marks.Bins(frame, first, width, heights)}{marks.Select((mark, color) => Marks.Upright(frame, mark.Value, top, color))}"));
    }

    // A single series is named by the caption.
    private static PlotFrame Frame(
        string xLabel, string yLabel, IReadOnlyList<Series> shown, bool isCounted, IReadOnlyList<Series>? named = null) =>
        new(
            Axis.Over(xLabel, shown.SelectMany(item => item.X), isCounted),
            Axis.Over(yLabel, shown.SelectMany(item => item.Y)),
            (named ?? shown) is { Count: > 1 } several ? [.. several.Select(item => item.Name)] : []);
}
