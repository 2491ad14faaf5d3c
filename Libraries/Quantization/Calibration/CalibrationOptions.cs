namespace QatPipeline.Quantization.Calibration;

/// <summary>Settings of the calibrators.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The reference's settings: 2048 bins, percentile 99.99.</summary>
    public static CalibrationOptions Default { get; } = new();

    /// <summary>Bins of the first batch; 256…65536.</summary>
    public int Bins
    {
        get;
        init => field = value is >= 256 and <= MaximumBins
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"Bins must be 256…{MaximumBins}.");
    } = 2048;

    /// <summary>Percentage of all values the percentile method keeps inside the range; above 50, at most 100.</summary>
    public double Percentile
    {
        get;
        init => field = value is > 50 and <= 100
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Percentile must be above 50 and at most 100.");
    } = 99.99;

    /// <summary>Where a histogram would outgrow this count, neighbouring bins are joined.</summary>
    internal const int MaximumBins = 1 << 16;
}
