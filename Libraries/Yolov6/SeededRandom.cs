namespace QatPipeline.Yolov6;

/// <summary>
/// A small generator (SplitMix64) whose sequence is fixed by its seed on every machine and runtime, with its whole state in one number.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    /// <summary>What a resumed run continues from.</summary>
    public ulong State { get; set; } = seed;

    public ulong NextBits()
    {
        State += 0x9E3779B97F4A7C15;
        var bits = State;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="exclusiveMaximum"/>).</summary>
    public int Next(int exclusiveMaximum) => (int)(NextDouble() * exclusiveMaximum);

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

    /// <summary>The numbers 0 … count − 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (var last = count - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }
}
