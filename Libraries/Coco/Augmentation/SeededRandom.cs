using QatPipeline.Foundation;

namespace QatPipeline.Coco.Augmentation;

/// <summary>
/// The random draws of augmentation. A sample's depend on (seed, epoch, index) only, never on threads or on what was loaded before, so that
/// training resumes exactly at any batch.
/// </summary>
internal sealed class SeededRandom(ulong state)
{
    private SplitMix64 _bits = new(state);

    public static SeededRandom For(ulong seed, int epoch, int index) =>
        new(SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix(seed) + (uint)epoch) + (uint)index));

    /// <summary>[0, 1)</summary>
    public double NextDouble() => _bits.NextDouble();

    /// <summary>[low, high)</summary>
    public double Uniform(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>0 … count − 1.</summary>
    public int Index(int count) => _bits.Index(count);

    /// <summary>Fisher and Yates.</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Index(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>Beta(a, a), from two gamma variates.</summary>
    public double Beta(double shape)
    {
        var (first, second) = (Gamma(shape), Gamma(shape));
        return first / (first + second);
    }

    /// <summary>Marsaglia and Tsang (2000), for shapes of 1 or more.</summary>
    private double Gamma(double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Box and Muller (1958).</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());
}
