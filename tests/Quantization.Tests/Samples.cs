using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests;

/// <summary>Seeded tensors for tests.</summary>
internal static class Samples
{
    /// <summary>Uniform in [−3, 3].</summary>
    public static float[] Uniform(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 6f) - 3f)];
    }

    /// <summary>Uniform values with exact ties between codes, both infinities, NaN and signed zeros among them.</summary>
    public static float[] WithEdgeCases(int length, QuantizationParameters parameters, int seed)
    {
        var values = Uniform(length, seed);
        float[] edges = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, float.MaxValue, float.Epsilon];
        for (var i = 0; i < length; i += 3)
        {
            values[i] = i % 2 == 0 ? edges[i % edges.Length] : (i - (length / 2) + 0.5f) * parameters.Scale;
        }

        return values;
    }
}
