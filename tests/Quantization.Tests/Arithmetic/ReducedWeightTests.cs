using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests.Arithmetic;

public sealed class ReducedWeightTests
{
    [Fact]
    public void ReducedWeights_PairOfLargestProducts_FitsInSixteenBits()
    {
        var largest = byte.MaxValue * QuantizationScheme.SignedReduced.QMax() * 2;

        Assert.True(largest <= short.MaxValue);
        Assert.True(byte.MaxValue * QuantizationScheme.SignedNarrow.QMax() * 2 > short.MaxValue);
    }

    [Theory]
    [InlineData(2f, 64)]
    [InlineData(-2f, -64)]
    [InlineData(3f, 64)]
    [InlineData(1f / 64, 0)]
    [InlineData(3f / 64, 2)]
    public void Create_ReducedScheme_SpreadsTheRangeOverSevenBits(float value, int code)
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.SignedReduced, QuantizationRange.FromAmax(2));

        Assert.Equal(2f / 64, parameters.Scale);
        Assert.Equal(code, parameters.Quantize(value));
    }
}
