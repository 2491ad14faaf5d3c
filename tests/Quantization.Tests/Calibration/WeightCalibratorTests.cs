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
    public void NaN_IsRefused() => Assert.Throws<CalibrationException>(() => WeightCalibrator.Max([1f, float.NaN], channels: 2, inner: 1));
}
