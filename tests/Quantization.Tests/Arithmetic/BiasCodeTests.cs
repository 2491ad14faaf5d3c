using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests.Arithmetic;

public sealed class BiasCodeTests
{
    [Theory]
    [InlineData(0f, 0)]
    [InlineData(2.5f, 2)]
    [InlineData(3.5f, 4)]
    [InlineData(-2.75f, -3)]
    public void Of_RoundsHalfToEven(float bias, int code) => Assert.Equal(code, BiasCode.Of(bias, 1));

    [Fact]
    public void Of_BeyondTheLimit_Saturates()
    {
        Assert.Equal(BiasCode.Limit, BiasCode.Of(1, 1e-12f));
        Assert.Equal(-BiasCode.Limit, BiasCode.Of(-1, 1e-12f));
        Assert.False(BiasCode.Fits(-1, 1e-12f));
        Assert.True(BiasCode.Fits(1, 1e-9f));
    }

    [Fact]
    public void Limit_LeavesRoomForTheLargestSumOfProducts() =>
        Assert.True(BiasCode.Limit + (33_000L * byte.MaxValue * sbyte.MaxValue) <= int.MaxValue);
}
