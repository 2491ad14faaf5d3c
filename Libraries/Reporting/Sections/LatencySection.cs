using QatPipeline.Engines;
using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>How long a batch takes, not only on average.</summary>
internal static class LatencySection
{
    public static HtmlText Render(ReportContent content)
    {
        var timings = content.Timings
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .SelectMany(entry => entry.Value.Select(timing => (Variant: entry.Key, Timing: timing)))
            .ToArray();
        return timings.Length == 0 ? HtmlText.Empty : HtmlText.Of(
            $"""
            {HtmlTable.Of(
                ["engine", "#batch", "#min ms", "#median ms", "#mean ms", "#percentile ms", "#max ms", "#images/s", "#batches timed"],
                timings.Select(item => Row(item.Variant, item.Timing)))}
            <div class="plots">{Distributions(timings)}{Traces(timings)}</div>
            """);
    }

    private static IReadOnlyList<HtmlText> Row(string variant, EngineTiming timing) =>
    [
        HtmlText.Of($"{Figures.Title(variant)}"),
        HtmlText.Of($"{timing.Batch}{(timing.Execution == BatchExecution.Looped ? " (in parts)" : "")}"),
        HtmlText.Of($"{timing.Latency.Min:0.00}"),
        HtmlText.Of($"<b>{timing.Latency.Median:0.00}</b>"),
        HtmlText.Of($"{timing.Latency.Mean:0.00}"),
        HtmlText.Of($"{timing.Latency.Percentile:0.00} (p{timing.Options.Percentile:0.##})"),
        HtmlText.Of($"{timing.Latency.Max:0.00}"),
        HtmlText.Of($"{timing.ImagesPerSecond:0.0}"),
        HtmlText.Of($"{Figures.Optional(timing.Iterations, "0")}"),
    ];

    private static IEnumerable<HtmlText> Distributions(IEnumerable<(string Variant, EngineTiming Timing)> timings) =>
        timings.Where(item => item.Timing.Quantiles.Count > 1).GroupBy(item => item.Timing.Batch).Select(batch => Chart.Lines(
            $"Distribution of the latency, batch {batch.Key}: how many of the batches took at most how long",
            "ms",
            "batches, %",
            [.. batch.Select(item =>
                new Series(Figures.Title(item.Variant), item.Timing.Quantiles, Positions(item.Timing.Quantiles.Count)))]));

    private static IEnumerable<HtmlText> Traces(IEnumerable<(string Variant, EngineTiming Timing)> timings) =>
        timings.Where(item => item.Timing.RunAverages.Count > 1).GroupBy(item => item.Timing.Batch).Select(batch => Chart.Lines(
            $"Latency over the measurement, batch {batch.Key}: means of {batch.First().Timing.Options.AvgRuns} batches in a row",
            "position in the measurement, %",
            "ms",
            [.. batch.Select(item =>
                new Series(Figures.Title(item.Variant), Positions(item.Timing.RunAverages.Count), item.Timing.RunAverages))]));

    private static double[] Positions(int count) => [.. Enumerable.Range(0, count).Select(index => 100.0 * index / (count - 1))];
}
