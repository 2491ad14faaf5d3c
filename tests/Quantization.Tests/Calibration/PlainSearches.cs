using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

/// <summary>Entropy and mse searches written down as reference 5.3 words them: the oracles of the incremental ones.</summary>
internal static class PlainSearches
{
    public static double[] Divergences(long[] counts)
    {
        var h = counts.Select(count => (double)count).ToArray();
        h[0] = h[1];
        var result = new double[h.Length + 1];
        Array.Fill(result, double.NaN, 0, 128);
        for (var i = 128; i <= h.Length; i++)
        {
            var groups = Enumerable.Range(0, i).GroupBy(j => (int)Math.Floor(128.0 * j / i));
            var q = new double[i];
            foreach (var group in groups)
            {
                var filled = group.Where(j => h[j] > 0).ToArray();
                foreach (var j in filled)
                {
                    q[j] = filled.Sum(k => h[k]) / filled.Length;
                }
            }

            var p = h[..i];
            p[i - 1] += h[i..].Sum();
            var (sumP, sumQ) = (p.Sum(), q.Sum());
            result[i] = Enumerable.Range(0, i).Where(j => p[j] > 0)
                .Sum(j => q[j] > 0 ? p[j] / sumP * Math.Log(p[j] / sumP / (q[j] / sumQ)) : double.PositiveInfinity);
        }

        return result;
    }

    public static double MeanSquaredError(HistogramCollector histogram, int candidate)
    {
        var s = 127 / histogram.Centre(candidate);
        var sum = 0d;
        for (var j = 0; j < histogram.Counts.Length; j++)
        {
            var m = histogram.Centre(j);
            var error = (Math.Clamp(Math.Round(m * s), -127, 127) / s) - m;
            sum += histogram.Counts[j] * error * error;
        }

        return sum / histogram.Counts.Length;
    }
}
