namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// The bound with the least squared error (reference 5.3): for every bin centre a from bin 128 on, all centres m are quantized with the
/// largest code L at a (127 in the reference), err(a) = Σ n·(q(m) − m)² / bins, and the first minimum wins.
/// </summary>
/// <remarks>
/// With s = a/L the centres of one code k lie within ((k − ½)s, (k + ½)s], where Σ n(m − ks)² = Σnm² − 2ks·Σnm + k²s²·Σn. Prefix sums
/// give each of those in constant time: L + 1 terms per candidate instead of one per bin.
/// </remarks>
internal static class MseSearch
{
    private const int FirstCandidate = 128;

    /// <param name="histogram">Of magnitudes.</param>
    /// <param name="lastCode">L of a bound: how many codes lie between 0 and it.</param>
    public static CalibrationResult Run(HistogramCollector histogram, Func<double, int> lastCode)
    {
        var moments = new Moments(histogram);
        var bins = histogram.Counts.Length;
        var (best, least) = (FirstCandidate, double.PositiveInfinity);

        // Rounding in the sums must not make a later candidate of equal error win.
        var tolerance = moments.Total * 1e-13;
        for (var candidate = FirstCandidate; candidate < bins; candidate++)
        {
            var bound = histogram.Centre(candidate);
            var error = moments.Error(bound, lastCode(bound));
            if (error < least - tolerance)
            {
                (best, least) = (candidate, error);
            }
        }

        return new(CalibrationMethod.Mse, (float)histogram.Centre(best), best, Math.Max(least, 0d) / bins);
    }

    private sealed class Moments
    {
        private readonly HistogramCollector _histogram;
        private readonly int _bins;
        private readonly double[] _zeroth;
        private readonly double[] _first;
        private readonly double[] _second;

        public Moments(HistogramCollector histogram)
        {
            (_histogram, _bins) = (histogram, histogram.Counts.Length);
            (_zeroth, _first, _second) = (new double[_bins + 1], new double[_bins + 1], new double[_bins + 1]);
            for (var bin = 0; bin < _bins; bin++)
            {
                var (count, centre) = (histogram.Counts[bin], histogram.Centre(bin));
                _zeroth[bin + 1] = _zeroth[bin] + count;
                _first[bin + 1] = _first[bin] + (count * centre);
                _second[bin + 1] = _second[bin] + (count * centre * centre);
            }
        }

        public double Total => _second[_bins];

        public double Error(double amax, int lastCode)
        {
            var scale = amax / lastCode;
            var (error, start) = (0d, 0);
            for (var code = 0; code <= lastCode && start < _bins; code++)
            {
                var end = code == lastCode ? _bins : Math.Max(start, CentresUpTo((code + 0.5) * scale));
                var value = code * scale;
                error += _second[end] - _second[start] - (2 * value * (_first[end] - _first[start]))
                    + (value * value * (_zeroth[end] - _zeroth[start]));
                start = end;
            }

            return error;
        }

        private int CentresUpTo(double bound) =>
            (int)Math.Clamp(Math.Floor(((bound - _histogram.Centre(0)) / _histogram.Width) + 1), 0, _bins);
    }
}
