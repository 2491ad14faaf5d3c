namespace QatPipeline.Quantization.Arithmetic;

/// <summary>Argument checks of the span kernels.</summary>
internal static class SpanCheck
{
    public static void SameLength(int source, int destination)
    {
        if (source != destination)
        {
            throw new ArgumentException($"The source has {source} elements, the destination {destination}: they must be equal.");
        }
    }

    public static void WholeChannels(int length, int channels, int inner)
    {
        if (channels <= 0 || inner <= 0 || length % ((long)channels * inner) != 0)
        {
            throw new ArgumentException($"{length} elements are not a whole number of {channels} channels of {inner} elements.");
        }
    }
}
