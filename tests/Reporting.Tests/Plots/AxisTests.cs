using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Tests.Plots;

public sealed class AxisTests
{
    [Fact]
    public void Over_Values_LeavesRoomAtBothEnds_AndIgnoresWhatIsNotFinite()
    {
        var axis = Axis.Over("x", [double.NaN, 10, 30, double.PositiveInfinity]);

        Assert.Equal((9.0, 31.0), (axis.Low, axis.High));
        Assert.Equal(0.5, axis.Position(20), 12);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-7.0)]
    [InlineData(1e-9)]
    public void Over_OneValue_HasARangeAroundIt(double value)
    {
        var axis = Axis.Over("x", [value, value]);

        Assert.InRange(axis.Position(value), 0.4, 0.6);
        Assert.NotEmpty(axis.Ticks);
    }

    [Fact]
    public void Over_NoValue_HasARange() => Assert.True(Axis.Over("x", []).High > Axis.Over("x", []).Low);

    [Fact]
    public void Over_FromZero_StartsThere() => Assert.Equal(0, Axis.Over("x", [50, 60], fromZero: true).Low);
}
