namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Where each resized position lies between two original ones, in 11-bit fixed point.</summary>
/// <param name="Positions">The first original position of each.</param>
/// <param name="Weights">Weight of the first in the low 16 bits, of its successor in the high 16 bits; their sum is about 2048.</param>
internal readonly record struct LinearTaps(int[] Positions, int[] Weights)
{
    private const float One = 2048;

    /// <summary>Columns: beyond the border stands the border itself.</summary>
    public static LinearTaps Columns(int original, int resized) => Of(original, resized, stopsAtBorder: true);

    /// <summary>
    /// Rows: positions may be one outside, for the caller to clamp. The weights stay: the products of both rows are rounded off apart,
    /// so that a row blended with itself can lose a level.
    /// </summary>
    public static LinearTaps Rows(int original, int resized) => Of(original, resized, stopsAtBorder: false);

    private static LinearTaps Of(int original, int resized, bool stopsAtBorder)
    {
        var scale = Resampler.ScaleOf(original, resized);
        var (positions, weights) = (new int[resized], new int[resized]);
        for (var index = 0; index < resized; index++)
        {
            var exact = (float)(((index + 0.5) * scale) - 0.5);
            var position = (int)MathF.Floor(exact);
            var fraction = exact - position;
            if (stopsAtBorder && (position < 0 || position >= original - 1))
            {
                (position, fraction) = (Math.Clamp(position, 0, original - 1), 0);
            }

            positions[index] = position;
            weights[index] = (int)MathF.Round((1 - fraction) * One) | ((int)MathF.Round(fraction * One) << 16);
        }

        return new LinearTaps(positions, weights);
    }
}
