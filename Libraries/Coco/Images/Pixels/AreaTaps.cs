namespace QatPipeline.Coco.Images.Pixels;

/// <summary>The original positions each resized one covers, and the covered share of each.</summary>
/// <param name="Starts">Resized position i has the entries from Starts[i] to Starts[i + 1].</param>
/// <param name="Positions">Original position of an entry.</param>
/// <param name="Weights">Share of an entry; those of one resized position sum to 1.</param>
internal readonly record struct AreaTaps(int[] Starts, int[] Positions, float[] Weights)
{
    // Slivers thinner than this are rounding errors of the cell's borders.
    private const double Thinnest = 1e-3;

    public static AreaTaps Of(int original, int resized)
    {
        var scale = Resampler.ScaleOf(original, resized);
        var starts = new int[resized + 1];
        var (positions, weights) = (new List<int>(), new List<float>());
        for (var index = 0; index < resized; index++)
        {
            var (from, to) = (index * scale, (index * scale) + scale);
            var width = Math.Min(scale, original - from);
            var last = Math.Min((int)Math.Floor(to), original - 1);
            var first = Math.Min((int)Math.Ceiling(from), last);
            if (first - from > Thinnest)
            {
                Add(first - 1, (first - from) / width);
            }

            for (var position = first; position < last; position++)
            {
                Add(position, 1 / width);
            }

            if (to - last > Thinnest)
            {
                Add(last, Math.Min(Math.Min(to - last, 1), width) / width);
            }

            starts[index + 1] = positions.Count;
        }

        return new AreaTaps(starts, [.. positions], [.. weights]);

        void Add(int position, double weight)
        {
            positions.Add(position);
            weights.Add((float)weight);
        }
    }
}
