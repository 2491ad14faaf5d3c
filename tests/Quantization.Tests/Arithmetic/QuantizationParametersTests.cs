using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests.Arithmetic;

public sealed class QuantizationParametersTests
{
    // Reference specification, section 11: fake quantization with amax = 2.
    [Theory]
    [InlineData(0.0079f, 1, 0.0157480314f)]
    [InlineData(1.5f / 63.5f, 2, 0.0314960629f)]
    [InlineData(2.5f / 63.5f, 2, 0.0314960629f)]
    [InlineData(1.999f, 127, 2f)]
    [InlineData(2f, 127, 2f)]
    [InlineData(2.1f, 127, 2f)]
    [InlineData(-1f, -64, -1.0078740120f)]
    [InlineData(-2.1f, -128, -2.0157480240f)]
    public void SignedSymmetric_HasTheCheckValues(float value, int code, float expected)
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.SignedSymmetric, QuantizationRange.FromAmax(2f));

        Assert.Equal(code, parameters.Quantize(value));
        Assert.Equal(expected, parameters.FakeQuantize(value), 1e-6f);
    }

    [Fact]
    public void SignedNarrow_ClampsAtMinus127()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.SignedNarrow, QuantizationRange.FromAmax(2f));

        Assert.Equal(-127, parameters.Quantize(-2.1f));
        Assert.Equal(-2f, parameters.FakeQuantize(-2.1f), 1e-6f);
    }

    [Fact]
    public void UnsignedNonNegative_UsesAll255Steps()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedNonNegative, new QuantizationRange(0f, 5.1f));

        Assert.Equal(new QuantizationParameters(5.1f / 255f, 0, 0, 255), parameters);
        Assert.Equal(255, parameters.Quantize(5.1f));
        Assert.Equal(0, parameters.Quantize(-1f));
    }

    [Fact]
    public void UnsignedAffine_GivesZeroAnExactCode()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedAffine, new QuantizationRange(-0.375f, 6f));

        Assert.Equal(15, parameters.ZeroPoint);
        Assert.Equal(0f, parameters.FakeQuantize(0f));
        Assert.Equal(0, parameters.Quantize(-0.375f));
        Assert.Equal(255, parameters.Quantize(6f));
    }

    [Theory]
    [InlineData(2f, 6f, 0)]
    [InlineData(-6f, -2f, 255)]
    public void UnsignedAffine_ExtendsTheRangeToZero(float low, float high, int zeroPoint)
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedAffine, new QuantizationRange(low, high));

        Assert.Equal(zeroPoint, parameters.ZeroPoint);
        Assert.Equal(6f / 255f, parameters.Scale);
    }

    [Theory]
    [InlineData(QuantizationScheme.SignedSymmetric)]
    [InlineData(QuantizationScheme.SignedNarrow)]
    [InlineData(QuantizationScheme.UnsignedNonNegative)]
    [InlineData(QuantizationScheme.UnsignedAffine)]
    public void DegenerateRange_QuantizesEverythingToZeroWithAPositiveScale(QuantizationScheme scheme)
    {
        foreach (var amax in new[] { 0f, QuantizationParameters.DegenerateAmax })
        {
            var parameters = QuantizationParameters.Create(scheme, QuantizationRange.FromAmax(amax));

            Assert.True(parameters.Scale > 0f);
            Assert.Equal(0, parameters.Quantize(3f));
            Assert.Equal(0f, parameters.FakeQuantize(-3f));
        }
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(-1f, float.PositiveInfinity)]
    [InlineData(1f, -1f)]
    public void Create_RejectsWhatIsNoInterval(float low, float high) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => QuantizationParameters.Create(QuantizationScheme.UnsignedAffine, new QuantizationRange(low, high)));

    [Fact]
    public void NaN_StaysNaN_AndInfinityTakesTheLastCode()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.SignedSymmetric, QuantizationRange.FromAmax(1f));

        Assert.True(float.IsNaN(parameters.FakeQuantize(float.NaN)));
        Assert.Equal(0, parameters.Quantize(float.NaN));
        Assert.Equal(127, parameters.Quantize(float.PositiveInfinity));
        Assert.Equal(-128, parameters.Quantize(float.NegativeInfinity));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(6f)]
    [InlineData(6.1f)]
    [InlineData(40f)]
    public void UnsignedHardSwish_HasAWholeNumberOfCodesTo3(float high)
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedHardSwish, new QuantizationRange(-8f, high));

        Assert.Equal(3f, parameters.ZeroPoint * parameters.Scale, 1e-6f);
        Assert.Equal(-3f, parameters.Dequantize(0), 1e-6f);
        Assert.Equal(0f, parameters.FakeQuantize(0f));
        Assert.InRange(parameters.Dequantize(255), 0.9f * high, 1.1f * high);
    }

    [Fact]
    public void UnsignedHardSwish_OfARangeBelowZero_HasOnlyCodesBelowIt()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedHardSwish, new QuantizationRange(-8f, -1f));

        Assert.Equal(255, parameters.ZeroPoint);
    }
}
