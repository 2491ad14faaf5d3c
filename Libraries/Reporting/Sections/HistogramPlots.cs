using System.Globalization;
using System.Text;
using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>The histograms of magnitudes that calibration saw, with the amax every method chose.</summary>
internal static class HistogramPlots
{
    private const int Shown = 6;
    private const int SmallWidth = 160;
    private const int SmallHeight = 26;

    /// <summary>The quantizers on which the methods disagree most, drawn large.</summary>
    public static IEnumerable<HtmlText> Large(IEnumerable<RangeSummary> quantizers) => quantizers
        .Where(quantizer => quantizer.Histogram is not null)
        .OrderByDescending(Spread)

        // Neighbours on one tensor see the same values.
        .DistinctBy(quantizer => quantizer.AmaxByMethod.Values.DefaultIfEmpty().Max())
        .Take(Shown)
        .Select(quantizer => Chart.Histogram(
            $"Magnitudes at {quantizer.Name}, and the amax of each calibrator",
            quantizer.Histogram!.First,
            quantizer.Histogram.Width,
            quantizer.Histogram.Counts,
            [.. quantizer.AmaxByMethod
                .GroupBy(method => method.Value)
                .Select(group => (string.Join(", ", group.Select(method => method.Key)), group.Key))]));

    /// <summary>A quantizer's histogram, counts on a logarithmic scale, as small as a word; the line is the range it has.</summary>
    public static HtmlText Small(RangeSummary quantizer)
    {
        if (quantizer.Histogram is not var (first, width, counts))
        {
            return HtmlText.Of($"{Figures.None}");
        }

        var (largest, end) = (Math.Log(1 + counts.Max()), first + (width * counts.Count));
        var path = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"M{X(first)} {SmallHeight}"));
        foreach (var (bin, count) in counts.Index())
        {
            var height = SmallHeight * (1 - (Math.Log(1 + count) / largest));
            path.Append(CultureInfo.InvariantCulture, $"V{height:0.#}H{X(first + (width * (bin + 1)))}");
        }

        var amax = Math.Max(Math.Abs(quantizer.Low), Math.Abs(quantizer.High));
        return HtmlText.Of(
            $"""
            <svg class="small" viewBox="0 0 {SmallWidth} {SmallHeight}" role="img" aria-label="Histogram of {quantizer.Name}">
            <path d="{path.ToString()}V{SmallHeight}z"/><line x1="{X(amax)}" x2="{X(amax)}" y1="0" y2="{SmallHeight}"/></svg>
            """);

        string X(double value) => Math.Clamp(SmallWidth * value / end, 0, SmallWidth).ToString("0.#", CultureInfo.InvariantCulture);
    }

    /// <summary>The largest amax over the smallest.</summary>
    private static double Spread(RangeSummary quantizer)
    {
        var values = quantizer.AmaxByMethod.Values.Where(amax => amax > 0).DefaultIfEmpty(1).ToArray();
        return values.Max() / values.Min();
    }
}
