using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Sums up what calibration saw at every activation, for the report.</summary>
internal static class RangeSummaries
{
    private const int MostBins = 64;

    /// <summary>The ranges of activations as handed on; weights are left out.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="statistics">By quantizer; null where the ranges came with the model.</param>
    public static IReadOnlyList<RangeSummary> Of(Graph graph, IReadOnlyDictionary<string, ActivationStatistics>? statistics) =>
    [
        .. graph.Quantizers
            .Where(quantizer => quantizer is { IsWeight: false, IsCalibrated: true })
            .Select(quantizer => Of(quantizer, statistics?[quantizer.Name])),
    ];

    private static RangeSummary Of(Quantizer quantizer, ActivationStatistics? statistics) => new(
        quantizer.Name,
        quantizer.Scheme.ToString(),
        quantizer.IsEnabled,
        quantizer.Ranges[0].Low,
        quantizer.Ranges[0].High,
        statistics is null
            ? new Dictionary<string, double>()
            : CalibrationMethods.All.ToDictionary(
                method => method.Name(), method => (double)statistics.RangeFor(method, quantizer.Scheme).Amax),
        statistics is null ? null : Joined(statistics.Histogram));

    private static MagnitudeHistogram? Joined(HistogramCollector collected)
    {
        if (!collected.IsFixed)
        {
            return null;
        }

        var joined = (collected.Counts.Length + MostBins - 1) / MostBins;
        var counts = new long[(collected.Counts.Length + joined - 1) / joined];
        for (var bin = 0; bin < collected.Counts.Length; bin++)
        {
            counts[bin / joined] += collected.Counts[bin];
        }

        return new(collected.Edge(0), collected.Width * joined, counts);
    }
}
