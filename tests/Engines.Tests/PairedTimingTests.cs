using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Tests;

public sealed class PairedTimingTests
{
    private static readonly Graph First = new("first", 17), Second = new("second", 17);

    [Theory]
    [InlineData(10, 0, 2.0 / 1024)]
    [InlineData(0, 10, 2.0 / 1024)]
    [InlineData(9, 1, 22.0 / 1024)]
    [InlineData(3, 3, 1)]
    [InlineData(0, 0, 1)]
    public void PValue_IsTheBinomialTailOfBothSides(int wins, int losses, double expected) =>
        Assert.Equal(expected, SignTest.PValue(wins, losses), 12);

    [Fact]
    public void Of_AFewSlowRounds_DecideNothing()
    {
        double[] steady = [.. Enumerable.Repeat(10.0, 20)];
        double[] faster = [.. Enumerable.Range(0, 20).Select(round => round < 3 ? 500.0 : 9.9)];

        var timing = PairedTiming.Of(faster, steady);

        Assert.True(timing.FirstIsFaster);
        Assert.Equal((9.9, 10.0), (timing.First, timing.Second));
    }

    [Fact]
    public void Of_AsManyRoundsWonAsLost_SaysNeitherIsFaster()
    {
        var timing = PairedTiming.Of([1, 3, 1, 3, 1, 3], [2, 2, 2, 2, 2, 2]);

        Assert.False(timing.FirstIsFaster);
        Assert.False(timing.SecondIsFaster);
    }

    [Fact]
    public async Task MeasureAsync_CertainOrder_IsMeasuredOnce()
    {
        var timer = new RoundTimer(round => (1, 2));

        var timing = await PairedTiming.MeasureAsync(timer, First, Second, TestContext.Current.CancellationToken);

        Assert.True(timing.FirstIsFaster);
        Assert.Equal(1, timer.Calls);
    }

    [Fact]
    public async Task MeasureAsync_UncertainOrder_IsMeasuredAgainButNotForever()
    {
        var timer = new RoundTimer(round => round % 2 == 0 ? (1, 2) : (2, 1));

        var timing = await PairedTiming.MeasureAsync(timer, First, Second, TestContext.Current.CancellationToken);

        Assert.False(timing.FirstIsFaster || timing.SecondIsFaster);
        Assert.Equal(3, timer.Calls);
        Assert.Equal(30, timing.Wins + timing.Losses);
    }

    private sealed class RoundTimer(Func<int, (double First, double Second)> times) : IGraphTimer
    {
        public int Calls { get; private set; }

        public Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken)
        {
            Assert.Equal([First, Second], graphs);
            Calls++;
            var rounds = Enumerable.Range(0, 10).Select(times).ToArray();
            return Task.FromResult<IReadOnlyList<IReadOnlyList<double>>>(
                [[.. rounds.Select(round => round.First)], [.. rounds.Select(round => round.Second)]]);
        }
    }
}
