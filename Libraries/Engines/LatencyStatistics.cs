namespace QatPipeline.Engines;

/// <summary>Latencies of one batch, in milliseconds.</summary>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
/// <param name="Mean">Average.</param>
/// <param name="Median">Middle one, or the mean of the two middle ones.</param>
/// <param name="Percentile">The latency that the requested percentage of iterations does not exceed.</param>
public sealed record LatencyStatistics(double Min, double Max, double Mean, double Median, double Percentile)
{
    /// <summary>
    /// The statistics of measured latencies, the percentile by trtexec's rank: the slowest of what remains after leaving out the rest.
    /// </summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static LatencyStatistics Of(IReadOnlyCollection<double> milliseconds, double percentile)
    {
        if (milliseconds.Count == 0)
        {
            throw new ArgumentException("No latency was measured.", nameof(milliseconds));
        }

        var sorted = milliseconds.Order().ToArray();
        var excluded = (int)((1 - (percentile / 100)) * sorted.Length);
        return new(sorted[0], sorted[^1], sorted.Average(), MiddleOf(sorted), sorted[Math.Max(sorted.Length - 1 - excluded, 0)]);
    }

    /// <summary>The middle one of measured latencies, or the mean of the two middle ones.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double MedianOf(IReadOnlyCollection<double> milliseconds) => milliseconds.Count > 0
        ? MiddleOf([.. milliseconds.Order()])
        : throw new ArgumentException("No latency was measured.", nameof(milliseconds));

    /// <summary>What 0, 1, … 100 % of the latencies do not exceed: measured values, not interpolated ones.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IReadOnlyList<double> QuantilesOf(IReadOnlyCollection<double> milliseconds)
    {
        if (milliseconds.Count == 0)
        {
            throw new ArgumentException("No latency was measured.", nameof(milliseconds));
        }

        var sorted = milliseconds.Order().ToArray();
        return [.. Enumerable.Range(0, 101).Select(percent => sorted[(int)Math.Max(0, Math.Ceiling(percent / 100.0 * sorted.Length) - 1)])];
    }

    private static double MiddleOf(double[] sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
