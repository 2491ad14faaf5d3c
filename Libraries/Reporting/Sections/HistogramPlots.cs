using System.Globalization;
using System.Text;
using System.Text.Json;
using QatPipeline.Reporting.Content;
using QatPipeline.Reporting.Html;
using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>The histograms of magnitudes that calibration saw, with the amax every method chose.</summary>
internal static class HistogramPlots
{
    private const int Shown = 6;
    private const int SmallWidth = 160;
    private const int SmallHeight = 26;

    /// <summary>The quantizers on which the methods disagree most, drawn large.</summary>
    public static IEnumerable<HtmlText> Large(IEnumerable<JsonElement> quantizers) => quantizers
        .Where(quantizer => Histogram(quantizer) is not null)
        .OrderByDescending(Spread)

        // Neighbours on one tensor see the same values.
        .DistinctBy(quantizer => Methods(quantizer).Select(method => method.Amax).DefaultIfEmpty().Max())
        .Take(Shown)
        .Select(quantizer =>
        {
            var histogram = Histogram(quantizer)!.Value;
            return Chart.Histogram(
                $"Magnitudes at {quantizer.Text("name")}, and the amax of each calibrator",
                histogram.First,
                histogram.Width,
                histogram.Counts,
                [.. Methods(quantizer)
                    .GroupBy(method => method.Amax)
                    .Select(group => (string.Join(", ", group.Select(method => method.Name)), group.Key))]);
        });

    /// <summary>A quantizer's histogram, counts on a logarithmic scale, as small as a word; the line is the range it has.</summary>
    public static HtmlText Small(JsonElement quantizer)
    {
        if (Histogram(quantizer) is not var (first, width, counts))
        {
            return HtmlText.Of($"{Figures.None}");
        }

        var (largest, end) = (Math.Log(1 + counts.Max()), first + (width * counts.Length));
        var path = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"M{X(first)} {SmallHeight}"));
        foreach (var (bin, count) in counts.Index())
        {
            var height = SmallHeight * (1 - (Math.Log(1 + count) / largest));
            path.Append(CultureInfo.InvariantCulture, $"V{height:0.#}H{X(first + (width * (bin + 1)))}");
        }

        var amax = Math.Max(Math.Abs(quantizer.Number("low")), Math.Abs(quantizer.Number("high")));
        return HtmlText.Of(
            $"""
            <svg class="small" viewBox="0 0 {SmallWidth} {SmallHeight}" role="img" aria-label="Histogram of {quantizer.Text("name")}">
            <path d="{path.ToString()}V{SmallHeight}z"/><line x1="{X(amax)}" x2="{X(amax)}" y1="0" y2="{SmallHeight}"/></svg>
            """);

        string X(double value) => Math.Clamp(SmallWidth * value / end, 0, SmallWidth).ToString("0.#", CultureInfo.InvariantCulture);
    }

    /// <summary>The largest amax over the smallest.</summary>
    private static double Spread(JsonElement quantizer)
    {
        var values = Methods(quantizer).Select(method => method.Amax).Where(amax => amax > 0).DefaultIfEmpty(1).ToArray();
        return values.Max() / values.Min();
    }

    private static (string Name, double Amax)[] Methods(JsonElement quantizer) => quantizer.Object("amaxByMethod") is { } methods
        ? [.. methods.EnumerateObject()
            .Where(method => method.Value.ValueKind == JsonValueKind.Number)
            .Select(method => (method.Name, method.Value.GetDouble()))]
        : [];

    private static (double First, double Width, double[] Counts)? Histogram(JsonElement quantizer) =>
        quantizer.Object("histogram") is { } histogram && histogram.List("counts") is { Length: > 0 } counts
            ? (histogram.Number("first"), histogram.Number("width"), [.. counts.Select(count => count.GetDouble())])
            : null;
}
