namespace QatPipeline.Quantization.Tests;

/// <summary>The calibration data of the reference specification, section 11.</summary>
internal static class ReferenceBatches
{
    public static float[] A { get; } = Exponential(seed: 1, scale: 1.0);

    public static float[] B { get; } = Exponential(seed: 2, scale: 1.2);

    public static float[] Exponential(ulong seed, double scale, int length = 20_000)
    {
        var state = seed;
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
            values[i] = (float)(-scale * Math.Log(((state >> 11) + 0.5) / (1UL << 53)));
        }

        return values;
    }
}
