namespace QatPipeline.Quantization.Calibration;

/// <summary>The bound below which a percentage of the values lie (reference 5.3).</summary>
internal static class PercentileSearch
{
    /// <summary>
    /// The left edge of the first bin at which the cumulative share reaches the percentage. Shares are added up one by one, as the
    /// reference does: where the percentage falls exactly between two values, the rounding of that sum decides.
    /// </summary>
    public static CalibrationResult Run(HistogramCollector histogram, double percentile)
    {
        var counts = histogram.Counts;
        var total = 0d;
        foreach (var count in counts)
        {
            total += count;
        }

        var (bin, share) = (0, counts[0] / total);
        while (share < percentile / 100 && bin < counts.Length - 1)
        {
            share += counts[++bin] / total;
        }

        return new(CalibrationMethod.Percentile, histogram.Edge(bin), bin);
    }
}
