namespace QatPipeline.Engines.Tests;

public sealed class LatencyStatisticsTests
{
    [Fact]
    public void Percentile_LeavesOutTheSlowestShare()
    {
        var statistics = LatencyStatistics.Of([.. Enumerable.Range(1, 200).Reverse().Select(value => (double)value)], percentile: 99);

        Assert.Equal(new LatencyStatistics(1, 200, 100.5, 100.5, 198), statistics);
    }

    [Theory]
    [InlineData(100, 3)]
    [InlineData(50, 2)]
    [InlineData(0, 1)]
    public void Percentile_StaysAmongTheMeasured(double percentile, double expected) =>
        Assert.Equal(expected, LatencyStatistics.Of([3d, 1d, 2d], percentile).Percentile);

    [Fact]
    public void OddCount_HasTheMiddleOneAsMedian() => Assert.Equal(2, LatencyStatistics.Of([9d, 1d, 2d], 99).Median);

    [Fact]
    public void Quantiles_AreMeasuredValues_FromTheShortestToTheLongest()
    {
        var quantiles = LatencyStatistics.QuantilesOf([4d, 1d, 3d, 2d]);

        Assert.Equal(101, quantiles.Count);
        Assert.Equal([1d, 1d, 2d, 3d, 4d], new[] { 0, 25, 50, 75, 100 }.Select(percent => quantiles[percent]));
    }

    [Fact]
    public void NoLatency_IsAnError() => Assert.Throws<ArgumentException>(() => LatencyStatistics.Of([], 99));

    [Theory]
    [InlineData(101, 1, nameof(TimingOptions.Percentile))]
    [InlineData(99, 0, nameof(TimingOptions.Streams))]
    public void Options_NameWhatIsWrong(double percentile, int streams, string name) =>
        Assert.Contains(name, Assert.Throws<EngineException>(
            () => new TimingOptions { Percentile = percentile, Streams = streams }.Validate()).Message, StringComparison.Ordinal);
}
