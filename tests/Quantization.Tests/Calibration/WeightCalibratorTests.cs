using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

public sealed class WeightCalibratorTests
{
    [Fact]
    public void Max_IsEachChannelsLargestMagnitude()
    {
        // [outer 2, channels 2, inner 2]
        float[] weights = [1f, -2f, 0.5f, 0f, -3f, 1f, 0.25f, -0.75f];

        Assert.Equal(
            [QuantizationRange.FromAmax(3f), QuantizationRange.FromAmax(0.75f)], WeightCalibrator.Max(weights, channels: 2, inner: 2));
        Assert.Equal([QuantizationRange.FromAmax(3f)], WeightCalibrator.Max(weights, channels: 1, inner: 8));
    }

    [Fact]
    public void Mse_IsTheBestOfItsCandidates_AndAtMostMax()
    {
        var weights = ReferenceBatches.Exponential(seed: 3, scale: 0.1, length: 3 * 50 * 2);
        var max = WeightCalibrator.Max(weights, channels: 3, inner: 50);

        var ranges = WeightCalibrator.Mse(weights, channels: 3, inner: 50, QuantizationScheme.SignedNarrow);

        for (var channel = 0; channel < 3; channel++)
        {
            double Error(float amax)
            {
                var parameters = QuantizationParameters.Create(QuantizationScheme.SignedNarrow, QuantizationRange.FromAmax(amax));
                return weights.Where((_, index) => index / 50 % 3 == channel).Sum(w => Math.Pow(parameters.FakeQuantize(w) - w, 2));
            }

            var best = Enumerable.Range(0, 51).Min(step => Error((float)(max[channel].High * (1 - (0.5 * step / 50)))));
            Assert.Equal(best, Error(ranges[channel].High), best * 1e-9);
            Assert.InRange(ranges[channel].High, max[channel].High / 2, max[channel].High);
        }
    }

    [Fact]
    public void Mse_LeavesAZeroChannelAtZero() =>
        Assert.Equal(0f, WeightCalibrator.Mse(new float[4], channels: 1, inner: 4, QuantizationScheme.SignedNarrow)[0].Amax);

    [Fact]
    public void NaN_IsRefused() => Assert.Throws<CalibrationException>(() => WeightCalibrator.Max([1f, float.NaN], channels: 2, inner: 1));
}
