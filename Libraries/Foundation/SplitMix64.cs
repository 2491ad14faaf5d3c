namespace QatPipeline.Foundation;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): a generator whose whole state is one number, the same on every machine.</summary>
public struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>
    /// A generator for one of many streams of a seed. Mixed, because sums would give every stream the sequence of its neighbour, one step
    /// on.
    /// </summary>
    public static SplitMix64 Stream(ulong seed, int stream) => new(Mix(Mix(seed) + (uint)stream));

    /// <summary>Spreads the bits of a number over all 64.</summary>
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += Increment;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform over 0 … count − 1: the high half times the count, shifted.</summary>
    public int Index(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);
}
