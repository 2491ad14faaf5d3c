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

    public static void Collect(float[] values, HistogramGrid grid, long[] counts)
    {
        foreach (var value in values)
        {
            counts[grid.Bin(Math.Abs(value), counts.Length)]++;
        }
    }
}
