using System.Globalization;
using QatPipeline.Reporting.Html;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace QatPipeline.Reporting.Plots;

/// <summary>A named line or cloud of points.</summary>
internal sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>Plots by ScottPlot as figures of the page.</summary>
internal static class Chart
{
    private const int Width = 560;
    private const int Height = 340;

    // Told apart on a light and on a dark page, and by readers who confuse red with green.
    private static readonly string[] Palette = ["#2F7BD9", "#E07B1A", "#2AA876", "#B35BD1", "#8A8F98", "#D1495B"];

    /// <summary>
    /// Lines; with <paramref name="isCounted"/> the abscissa counts, so that every point is marked and ticks are whole numbers.
    /// </summary>
    public static HtmlText Lines(string caption, string xLabel, string yLabel, IReadOnlyList<Series> series, bool isCounted = false) =>
        Draw(caption, xLabel, yLabel, plot =>
        {
            Add(plot, series, isCounted ? 5 : 0, lineWidth: 2);
            if (isCounted)
            {
                plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
            }
        });

    /// <summary>Points; with <paramref name="diagonal"/> the line on which both coordinates are equal.</summary>
    public static HtmlText Points(string caption, string xLabel, string yLabel, IReadOnlyList<Series> series, bool diagonal = false) =>
        Draw(caption, xLabel, yLabel, plot =>
        {
            if (diagonal)
            {
                var end = series.SelectMany(item => item.X.Concat(item.Y)).DefaultIfEmpty(1).Max();
                var line = plot.Add.Line(0, 0, end, end);
                line.Color = ChartSvg.Ink;
                line.LineWidth = 1;
            }

            Add(plot, series, markerSize: 6, lineWidth: 0);
        });

    public static HtmlText Bars(string caption, string yLabel, IReadOnlyList<(string Label, double Value)> bars) =>
        Draw(caption, "", yLabel, plot =>
        {
            foreach (var (index, (_, value)) in bars.Index())
            {
                plot.Add.Bar(index, value).Color = Color.FromHex(Palette[index % Palette.Length]);
            }

            plot.Axes.Bottom.TickGenerator = new NumericManual(
                [.. bars.Select((_, index) => (double)index)], [.. bars.Select(bar => bar.Label)]);
            plot.Axes.Margins(bottom: 0);
        });

    /// <summary>Counts on a logarithmic scale over equally wide bins, with a named upright line at each mark.</summary>
    public static HtmlText Histogram(
        string caption, double first, double width, IReadOnlyList<double> counts, IReadOnlyList<(string Name, double Value)> marks) =>
        Draw(caption, "magnitude", "values", plot =>
        {
            var edges = counts.Select((count, bin) => (X: first + (width * (bin + 0.5)), Y: Math.Log10(1 + count))).ToArray();
            var outline = plot.Add.Scatter(edges.Select(edge => edge.X).ToArray(), edges.Select(edge => edge.Y).ToArray());
            outline.ConnectStyle = ConnectStyle.StepHorizontal;
            outline.Color = Color.FromHex(Palette[4]);
            outline.MarkerSize = 0;
            outline.LineWidth = 1.5f;
            outline.FillY = true;
            outline.FillYColor = Color.FromHex(Palette[4]).WithAlpha(0.3);
            foreach (var (index, (name, value)) in marks.Index())
            {
                var line = plot.Add.VerticalLine(value, width: 2, color: Color.FromHex(Palette[index % Palette.Length]));
                line.LegendText = string.Create(CultureInfo.InvariantCulture, $"{name}: {value:G4}");
            }

            plot.Axes.Left.TickGenerator = new NumericManual(
                [.. Enumerable.Range(0, 12).Select(power => (double)power)],
                [.. Enumerable.Range(0, 12).Select(power => string.Create(CultureInfo.InvariantCulture, $"1e{power}"))]);
            plot.Axes.SetLimitsY(0, edges.Max(edge => edge.Y) * 1.05);
            plot.ShowLegend(Edge.Bottom);
        });

    private static void Add(Plot plot, IReadOnlyList<Series> series, float markerSize, float lineWidth)
    {
        foreach (var (index, item) in series.Index())
        {
            var scatter = plot.Add.Scatter(item.X.ToArray(), item.Y.ToArray());
            scatter.LegendText = series.Count > 1 ? item.Name : "";
            scatter.Color = Color.FromHex(Palette[index % Palette.Length]);
            scatter.MarkerSize = markerSize;
            scatter.LineWidth = lineWidth;
        }

        if (series.Count > 1)
        {
            plot.ShowLegend(Edge.Bottom);
        }
    }

    private static HtmlText Draw(string caption, string xLabel, string yLabel, Action<Plot> add)
    {
        using var plot = new Plot();
        add(plot);
        plot.XLabel(xLabel);
        plot.YLabel(yLabel);
        return HtmlText.Of($"<figure>{ChartSvg.Render(plot, Width, Height, caption)}<figcaption>{caption}</figcaption></figure>\n");
    }
}
