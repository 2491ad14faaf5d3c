using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Benchmarks.Calibration;

/// <summary>The plain loops that the kernels are compared with.</summary>
internal static class Scalar
{
    public static void FakeQuantize(float[] values, float[] destination, QuantizationParameters parameters)
    {
        for (var i = 0; i < values.Length; i++)
        {
            destination[i] = parameters.FakeQuantize(values[i]);
        }
    }

    public static ValueBounds Collect(float[] values, HistogramGrid grid, long[] counts)
    {
        var bounds = ValueBounds.None;
        foreach (var value in values)
        {
            bounds = bounds.Union(new(value, value, MathF.Abs(value)));
            counts[grid.Bin(MathF.Abs(value), counts.Length)]++;
        }

        return bounds;
    }
}
