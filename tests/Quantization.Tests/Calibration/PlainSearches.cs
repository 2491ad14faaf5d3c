using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

/// <summary>Entropy and mse searches written down as reference 5.3 words them: the oracles of the incremental ones.</summary>
internal static class PlainSearches
{
    public static double[] Divergences(long[] counts, int levels = 128)
    {
        var h = counts.Select(count => (double)count).ToArray();
        h[0] = h[1];
        var result = new double[h.Length + 1];
        Array.Fill(result, double.NaN, 0, levels);
        for (var i = levels; i <= h.Length; i++)
        {
            var groups = Enumerable.Range(0, i).GroupBy(j => (int)Math.Floor((double)levels * j / i));
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

    public static double MeanSquaredError(HistogramCollector histogram, int candidate, int lastCode = 127)
    {
        var s = lastCode / histogram.Centre(candidate);
        var sum = 0d;
        for (var j = 0; j < histogram.Counts.Length; j++)
        {
            var m = histogram.Centre(j);
            var error = (Math.Clamp(Math.Round(m * s), -lastCode, lastCode) / s) - m;
            sum += histogram.Counts[j] * error * error;
        }

        return sum / histogram.Counts.Length;
    }
}
