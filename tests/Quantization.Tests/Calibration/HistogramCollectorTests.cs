using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

public sealed class HistogramCollectorTests
{
    [Fact]
    public void Counts_AreThoseOfTheScalarBinNumber()
    {
        // Long enough for the parallel path, with a remainder in every vector width; dropped values and a growing range included.
        var values = ReferenceBatches.Exponential(seed: 5, scale: 1.5, length: 700_003);
        var histogram = Collect([0.5f, 4f], values);
        var grid = HistogramGrid.Between(0.5f, 4f, 2048);

        var expected = new long[histogram.Counts.Length];
        expected[0]++;
        expected[2047]++;
        var dropped = 0;
        foreach (var bin in values.Select(value => grid.Bin(value, expected.Length)))
        {
            _ = bin < 0 ? dropped++ : expected[bin]++;
        }

        Assert.Equal(expected, histogram.Counts.ToArray());
        Assert.Equal(dropped, histogram.Dropped);
        Assert.True(dropped > 0);
    }

    [Fact]
    public void Counts_DoNotDependOnHowLaterValuesAreDivided()
    {
        var whole = Collect(ReferenceBatches.A, ReferenceBatches.B);
        var pieces = Collect([ReferenceBatches.A, .. ReferenceBatches.B.Chunk(777)]);

        Assert.Equal(whole.Counts.ToArray(), pieces.Counts.ToArray());
    }

    [Fact]
    public void MergedForks_EqualSequentialCollection_InAnyOrder()
    {
        var sequential = Collect(ReferenceBatches.A, ReferenceBatches.B, [100f]);
        var merged = Collect(ReferenceBatches.A);
        var forks = new[] { ReferenceBatches.B, [100f] }.Select(values => CollectInto(merged.Fork(), values)).Reverse().ToArray();

        foreach (var fork in forks)
        {
            merged.Merge(fork);
        }

        Assert.Equal(sequential.Counts.ToArray(), merged.Counts.ToArray());
        Assert.Equal(sequential.Width, merged.Width);
    }

    [Fact]
    public void MergedForks_StayExactWhenOneHadToWidenItsBins()
    {
        var sequential = Collect(ReferenceBatches.A, ReferenceBatches.B, [5000f]);
        var merged = Collect(ReferenceBatches.A);
        var (near, far) = (CollectInto(merged.Fork(), ReferenceBatches.B), CollectInto(merged.Fork(), [5000f]));

        merged.Merge(far);
        merged.Merge(near);

        Assert.True(sequential.Counts.Length <= CalibrationOptions.MaximumBins);
        Assert.Equal(sequential.Width, merged.Width);
        Assert.Equal(sequential.Counts.ToArray(), merged.Counts.ToArray());
    }

    [Fact]
    public void IndependentShards_MergeToTheirTotal()
    {
        var merged = Collect(ReferenceBatches.A);
        merged.Merge(Collect(ReferenceBatches.B));

        Assert.Equal(40_000, merged.Dropped + Sum(merged.Counts));
        Assert.Equal(13.125252f, merged.Edge(merged.Counts.Length), 0.01f);
    }

    [Fact]
    public void WidenedBins_HoldTheSameCountsAsBinningAnew()
    {
        var widened = Collect([0f, 1f], ReferenceBatches.A, [1000f]);

        var grid = new HistogramGrid(0f, widened.Width);
        var expected = new long[widened.Counts.Length];
        foreach (var value in (float[])[0f, 0.99f, .. ReferenceBatches.A, 1000f])
        {
            expected[grid.Bin(value, expected.Length)]++;
        }

        // The 1.0 of the first batch lies on the right edge of what was the last bin then, which includes it.
        Assert.Equal(32d / 2048, widened.Width);
        Assert.Equal(expected, widened.Counts.ToArray());
    }

    [Fact]
    public void ConstantBatches_WaitForTheFirstOneWithAWidth()
    {
        var histogram = Collect([0f, 0f, 0f], [0f], [1f, 2f, 3f]);

        Assert.Equal(2048, histogram.Counts.Length);
        Assert.Equal(0f, histogram.Edge(0));
        Assert.Equal(4, histogram.Counts[0]);
        Assert.Equal(7, Sum(histogram.Counts));
    }

    [Fact]
    public void ConstantBatches_OfTwoValuesFixTheBins()
    {
        var histogram = Collect([1f, 1f], [2f]);

        Assert.Equal((2L, 1L), (histogram.Counts[0], histogram.Counts[2047]));
    }

    [Fact]
    public void SubnormalSpread_CountsAsConstant() => Assert.False(Collect([0f, float.Epsilon]).IsFixed);

    private static HistogramCollector Collect(params float[][] batches)
    {
        var histogram = new HistogramCollector(2048);
        foreach (var batch in batches)
        {
            CollectInto(histogram, batch);
        }

        return histogram;
    }

    private static HistogramCollector CollectInto(HistogramCollector histogram, float[] values)
    {
        histogram.Collect(values, values.Min(), values.Max());
        return histogram;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
