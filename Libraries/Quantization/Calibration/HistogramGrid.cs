namespace QatPipeline.Quantization.Calibration;

/// <summary>Equal bins over magnitudes: bin i is [FirstEdge + i·Width, FirstEdge + (i+1)·Width), the last one closed.</summary>
internal readonly record struct HistogramGrid(float FirstEdge, double Width)
{
    /// <summary>The grid of the first batch: <paramref name="bins"/> equal bins between its extremes.</summary>
    public static HistogramGrid Between(float smallest, float largest, int bins) => new(smallest, ((double)largest - smallest) / bins);

    public float InverseWidth => (float)(1d / Width);

    /// <summary>Left edge of a bin.</summary>
    public float Edge(int bin) => (float)(FirstEdge + (bin * Width));

    /// <summary>Centre of a bin.</summary>
    public double Centre(int bin) => FirstEdge + ((bin + 0.5) * Width);

    /// <summary>The bin of a magnitude in a histogram of that many bins; −1 below the first edge.</summary>
    public int Bin(float magnitude, int bins) =>
        Math.Clamp((int)MathF.Floor((magnitude - FirstEdge) * InverseWidth), -1, bins - 1);

    /// <summary>The number of bins that reach a magnitude.</summary>
    public int BinsUpTo(float magnitude) => (int)Math.Min(int.MaxValue, Math.Ceiling((magnitude - (double)FirstEdge) / Width));

    /// <summary>
    /// Twice the width. Doubling is exact in binary, so a value's bin on this grid is half its bin on the finer one, rounded down:
    /// joining bins and binning anew give the same counts.
    /// </summary>
    public HistogramGrid Coarser() => this with { Width = Width * 2 };

    /// <summary>True if the other grid becomes this one by doubling its width any number of times.</summary>
    public bool IsCoarsened(HistogramGrid other) =>
        FirstEdge == other.FirstEdge && Width >= other.Width && double.IsPow2(Width / other.Width);
}
