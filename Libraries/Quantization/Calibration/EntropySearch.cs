namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// The bound with the least Kullback-Leibler divergence between the clipped distribution P and its form Q of G levels (reference 5.3,
/// where G is 128); the last minimum wins.
/// </summary>
/// <remarks>
/// With h the counts (h[0] ← h[1]), N their sum, O = Σ_{j≥i} h the outliers, and per group g the sum S, the number of non-empty bins K
/// and the mean S/K that all its non-empty bins have in Q, whose sum is C = Σ_{j&lt;i} h:
/// KL·N = Σ P log P − N log N + N log C − Σ_g S log(S/K) − O log(S/K of the last group).
/// Prefix sums of h, of h log h and of non-empty bins leave G terms per candidate.
/// </remarks>
internal static class EntropySearch
{
    private const int FirstCandidate = 128;

    /// <summary>Candidates this close, in nats, are equal but for rounding.</summary>
    private const double Tolerance = 1e-12;

    /// <param name="histogram">Of magnitudes.</param>
    /// <param name="lastCode">How many codes lie between 0 and a bound; G is one more.</param>
    public static CalibrationResult Run(HistogramCollector histogram, Func<double, int> lastCode)
    {
        var bins = histogram.Counts.Length;
        var divergences = Divergences(histogram.Counts, end => lastCode(histogram.Edge(end)) + 1);
        var least = divergences.AsSpan(FirstCandidate).ToArray().Min();

        // All values in the first bin: the distribution has no shape to keep.
        var best = double.IsFinite(least) ? Array.FindLastIndex(divergences, value => value <= least + Tolerance) : bins;
        return new(CalibrationMethod.Entropy, histogram.Edge(best), best, double.IsFinite(least) ? Math.Max(least, 0d) : null);
    }

    /// <summary>
    /// KL of cutting off at the left edge of bin i, for i from 128 to the number of bins; NaN before, +∞ where P &gt; 0 meets Q = 0 and
    /// where there are fewer bins than levels, none of which would lose anything.
    /// </summary>
    internal static double[] Divergences(ReadOnlySpan<long> counts, Func<int, int> groupsAt)
    {
        var bins = counts.Length;
        var (sums, filled, logs) = (new double[bins + 1], new int[bins + 1], new double[bins + 1]);
        for (var bin = 0; bin < bins; bin++)
        {
            var count = (double)counts[Math.Max(bin, 1)];
            sums[bin + 1] = sums[bin] + count;
            filled[bin + 1] = filled[bin] + (count > 0 ? 1 : 0);
            logs[bin + 1] = logs[bin] + XLogX(count);
        }

        var divergences = new double[bins + 1];
        Array.Fill(divergences, double.NaN, 0, FirstCandidate);
        for (var end = FirstCandidate; end <= bins; end++)
        {
            divergences[end] = Divergence(end, groupsAt(end), sums, filled, logs);
        }

        return divergences;
    }

    private static double Divergence(int end, int groups, double[] sums, int[] filled, double[] logs)
    {
        var (total, inside) = (sums[^1], sums[end]);
        var outliers = total - inside;
        var last = inside - sums[end - 1];
        if (end < groups || inside == 0 || (outliers > 0 && last == 0))
        {
            return double.PositiveInfinity;
        }

        var cross = 0d;
        var (start, logMean) = (0, 0d);
        for (var group = 1; group <= groups; group++)
        {
            // The first bin of group g is the smallest j with G·j/i ≥ g.
            var next = (int)((((long)group * end) + groups - 1) / groups);
            var (sum, nonEmpty) = (sums[next] - sums[start], filled[next] - filled[start]);
            if (nonEmpty > 0)
            {
                logMean = Math.Log(sum / nonEmpty);
                cross += sum * logMean;
            }

            start = next;
        }

        var entropy = logs[end - 1] + XLogX(last + outliers);
        return ((entropy - cross - (outliers * logMean)) / total) + Math.Log(inside / total);
    }

    private static double XLogX(double x) => x > 0 ? x * Math.Log(x) : 0;
}
