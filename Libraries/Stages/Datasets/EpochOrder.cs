namespace QatPipeline.Stages.Datasets;

/// <summary>The order of training images in an epoch: depends on seed and epoch only.</summary>
public static class EpochOrder
{
    /// <summary>A permutation of 0…count−1 (Fisher–Yates).</summary>
    public static int[] Of(int count, long seed, int epoch)
    {
        var random = new Random(HashCode32(seed, epoch));
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return order;
    }

    // System.HashCode differs from process to process; this must not.
    private static int HashCode32(long seed, int epoch)
    {
        var mixed = unchecked(((ulong)seed * 0x9E3779B97F4A7C15) + (((ulong)epoch + 1) * 0xBF58476D1CE4E5B9));
        mixed = (mixed ^ (mixed >> 31)) * 0x94D049BB133111EB;
        return (int)(mixed >> 33);
    }
}
