using QatPipeline.Foundation;

namespace QatPipeline.Yolov6;

/// <summary>The random draws of fresh weights: the same for a seed on every machine and runtime.</summary>
/// <param name="seed">Any number.</param>
public sealed class WeightRandom(ulong seed)
{
    private SplitMix64 _bits = new(seed);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => _bits.NextDouble();

    /// <summary><paramref name="count"/> numbers, uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float[] Uniform(int count, double low, double high)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(low + ((high - low) * NextDouble()));
        }

        return values;
    }
}
