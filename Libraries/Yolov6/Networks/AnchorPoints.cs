namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// The anchor points of an image size: one a cell, levels in order, rows before columns (reference 1.6, 4.1). All in pixels.
/// </summary>
public sealed class AnchorPoints
{
    /// <param name="height">Input height in pixels, a multiple of the largest stride.</param>
    /// <param name="width">Input width, likewise.</param>
    /// <param name="strides">Strides of the levels in ascending order, in pixels.</param>
    /// <exception cref="ArgumentException">The size is not such a multiple.</exception>
    public AnchorPoints(int height, int width, IReadOnlyList<int> strides)
    {
        var largest = strides[^1];
        if (height <= 0 || width <= 0 || height % largest != 0 || width % largest != 0)
        {
            throw new ArgumentException($"The input size {height}×{width} is not a multiple of {largest}.");
        }

        LevelCounts = [.. strides.Select(stride => height / stride * (width / stride))];
        (Points, Strides) = (new float[2 * LevelCounts.Sum()], new float[LevelCounts.Sum()]);
        var anchor = 0;
        foreach (var stride in strides)
        {
            for (var cell = 0; cell < height / stride * (width / stride); cell++, anchor++)
            {
                var (y, x) = Math.DivRem(cell, width / stride);
                Points[2 * anchor] = (x + 0.5f) * stride;
                Points[(2 * anchor) + 1] = (y + 0.5f) * stride;
                Strides[anchor] = stride;
            }
        }
    }

    /// <summary>Anchors of each level; A of all.</summary>
    public IReadOnlyList<int> LevelCounts { get; }

    /// <summary>[A,2]: x, y.</summary>
    public float[] Points { get; }

    /// <summary>[A]: the stride of each anchor's level.</summary>
    public float[] Strides { get; }
}
