using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Calibration;

/// <summary>Ranges of constant tensors, per channel: weights are laid out [outer, channels, inner] around the channel axis.</summary>
public static class WeightCalibrator
{
    /// <summary>The largest magnitude of every channel (the reference's weight calibrator).</summary>
    /// <param name="weights">The values.</param>
    /// <param name="channels">Extent of the channel axis; 1 for one range per tensor.</param>
    /// <param name="inner">Product of the extents after the channel axis.</param>
    /// <exception cref="CalibrationException">A weight is NaN or infinite.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of channels·inner.</exception>
    public static QuantizationRange[] Max(ReadOnlySpan<float> weights, int channels, int inner)
    {
        SpanCheck.WholeChannels(weights.Length, channels, inner);
        var amax = new float[channels];
        for (var (start, channel) = (0, 0); start < weights.Length; start += inner, channel = (channel + 1) % channels)
        {
            var bounds = ValueBounds.Of(weights.Slice(start, inner)) ?? throw new CalibrationException(
                $"Channel {channel} of the weights holds NaN or infinite values: the checkpoint is broken.");
            amax[channel] = MathF.Max(amax[channel], bounds.LargestMagnitude);
        }

        return Array.ConvertAll(amax, QuantizationRange.FromAmax);
    }
}
