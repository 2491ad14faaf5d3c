using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

public sealed class SearchTests
{
    [Theory]
    [InlineData(1, 300, 1.0)]
    [InlineData(2, 300, 0.3)]
    [InlineData(3, 257, 0.05)]
    public void Entropy_EqualsThePlainDefinition(int seed, int bins, double density)
    {
        var counts = RandomCounts(seed, bins, density);

        var (expected, actual) = (PlainSearches.Divergences(counts), EntropySearch.Divergences(counts, _ => 128));

        for (var i = 128; i <= bins; i++)
        {
            if (double.IsInfinity(expected[i]))
            {
                Assert.Equal(expected[i], actual[i]);
            }
            else
            {
                Assert.Equal(expected[i], actual[i], 1e-11);
            }
        }
    }

    [Fact]
    public void Entropy_LastMinimumWinsAmongEqualCandidates()
    {
        // Values in the first 64 bins only: every range that gives each of them a level of its own loses nothing.
        var histogram = Collect(bins: 512, [.. Enumerable.Range(0, 64).Select(i => i + 0.5f), 0f, 512f, .. Enumerable.Repeat(0.5f, 9)]);
        var divergences = PlainSearches.Divergences(histogram.Counts.ToArray());

        var result = EntropySearch.Run(histogram, _ => 127);

        Assert.Equal(Array.FindLastIndex(divergences, value => value <= divergences[128..].Min() + 1e-12), result.Bin);
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(2, 7f)]
    public void Mse_FindsThePlainDefinitionsFirstMinimum(int seed, float scale)
    {
        var histogram = Collect(bins: 400, ReferenceBatches.Exponential((ulong)seed, scale, 5000));
        var errors = Enumerable.Range(128, 400 - 128).Select(i => PlainSearches.MeanSquaredError(histogram, i)).ToArray();

        var result = MseSearch.Run(histogram, _ => 127);

        Assert.Equal(128 + Array.IndexOf(errors, errors.Min()), result.Bin);
        Assert.Equal(errors.Min(), result.Objective!.Value, errors.Min() * 1e-9);
    }

    [Fact]
    public void AllValuesInTheFirstBin_KeepTheWholeRange()
    {
        var histogram = Collect(bins: 256, [.. Enumerable.Repeat(0f, 100), 1f]);

        // Only the outlier is left once h[0] ← h[1] removed the zeros: any cut that keeps it loses nothing.
        Assert.Equal(1f, EntropySearch.Run(histogram, _ => 127).Amax);
    }

    private static HistogramCollector Collect(int bins, float[] values)
    {
        var histogram = new HistogramCollector(bins);
        histogram.Collect(values, values.Min(), values.Max());
        return histogram;
    }

    private static long[] RandomCounts(int seed, int bins, double density)
    {
        var random = new Random(seed);
        return [.. Enumerable
            .Range(0, bins)
            .Select(i => random.NextDouble() < density ? random.NextInt64(1, 1000 + (100_000 / (i + 1))) : 0)];
    }
}
