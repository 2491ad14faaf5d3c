namespace QatPipeline.Quantization.Arithmetic;

/// <summary>
/// A bias as integer kernels add it to a sum of products of codes: an int32 multiple of the input's scale times the weight's.
/// </summary>
public static class BiasCode
{
    /// <summary>
    /// The largest magnitude: half of what int32 holds. The other half is left to the products, of which it holds 33,000 of the largest.
    /// </summary>
    public const int Limit = 1 << 30;

    /// <summary>
    /// What a bias beyond <see cref="Limit"/> is brought down to by a larger scale: a factor 2 below, so that ranges may be rounded or
    /// trained a little afterwards.
    /// </summary>
    public const int Target = 1 << 29;

    /// <summary>The code of a bias, rounded half to even and saturated at ±<see cref="Limit"/>.</summary>
    /// <param name="bias">Real value.</param>
    /// <param name="scale">Scale of the input times scale of the weight.</param>
    public static int Of(float bias, float scale) => (int)Math.Clamp(Math.Round(bias / (double)scale), -Limit, Limit);

    /// <summary>True where the code of a bias needs no saturation.</summary>
    public static bool Fits(float bias, float scale) => Math.Abs(bias) <= (double)scale * Limit;
}
