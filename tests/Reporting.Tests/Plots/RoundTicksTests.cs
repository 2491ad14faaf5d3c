using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Tests.Plots;

public sealed class RoundTicksTests
{
    [Theory]
    [InlineData(-0.05, 1.05, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 63, "0 10 20 30 40 50 60")]
    [InlineData(-3, 4, "-3 -2 -1 0 1 2 3 4")]
    [InlineData(0.00012, 0.00019, "1.2e-4 1.3e-4 1.4e-4 1.5e-4 1.6e-4 1.7e-4 1.8e-4 1.9e-4")]
    [InlineData(0, 5e6, "0e0 1e6 2e6 3e6 4e6 5e6")]
    public void Between_AnyRange_AreRoundAndWithinIt(double low, double high, string labels) =>
        Assert.Equal(labels, string.Join(' ', RoundTicks.Between(low, high).Select(tick => tick.Label)));

    [Fact]
    public void Between_CountedValues_AreWhole() =>
        Assert.Equal(["1", "2", "3"], RoundTicks.Between(0.9, 3.1, isCounted: true).Select(tick => tick.Label));
}
