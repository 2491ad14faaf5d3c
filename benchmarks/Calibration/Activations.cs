namespace QatPipeline.Benchmarks.Calibration;

/// <summary>Values distributed as activations are.</summary>
internal static class Activations
{
    /// <summary>Half zeros, half the positive side of a normal distribution, as after ReLU.</summary>
    public static float[] Rectified(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)Math.Max(
            0, Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
