using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// Everything the calibration methods need to know about one activation, gathered in one pass over the data: the histogram of
/// magnitudes, the extremes, and the mean of every image's extremes. One collector serves all methods.
/// </summary>
public sealed class ActivationStatistics
{
    private const byte FormatVersion = 1;

    private readonly CalibrationOptions _options;
    private ValueBounds _bounds = ValueBounds.None;
    private (double Minima, double Maxima, long Images) _sums;

    /// <summary>Statistics of no value yet.</summary>
    /// <param name="name">The tensor's name, for messages.</param>
    /// <param name="options">Settings of the methods; the reference's where null.</param>
    public ActivationStatistics(string name, CalibrationOptions? options = null)
        : this(name, options ?? CalibrationOptions.Default, null)
    {
    }

    private ActivationStatistics(string name, CalibrationOptions options, HistogramCollector? histogram)
    {
        (Name, _options) = (name, options);
        Histogram = histogram ?? new HistogramCollector(options.Bins);
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    /// <summary>Smallest value seen, sign included; +∞ before the first.</summary>
    public float Minimum => _bounds.Minimum;

    /// <summary>Largest value seen; −∞ before the first.</summary>
    public float Maximum => _bounds.Maximum;

    /// <summary>The magnitudes seen.</summary>
    public HistogramCollector Histogram { get; }

    /// <summary>Adds a batch of activations, its images one after the other ([N, …]).</summary>
    /// <param name="batch">The values.</param>
    /// <param name="images">Images in the batch; each counts once in the mean of extremes.</param>
    /// <exception cref="CalibrationException">A value is NaN or infinite; nothing of the batch is kept.</exception>
    /// <exception cref="ArgumentException">The batch does not divide into that many images.</exception>
    public void Collect(ReadOnlySpan<float> batch, int images = 1)
    {
        SpanCheck.WholeChannels(batch.Length, images, 1);
        if (batch.IsEmpty)
        {
            return;
        }

        var (bounds, sums) = (ValueBounds.None, _sums);
        var perImage = batch.Length / images;
        for (var start = 0; start < batch.Length; start += perImage)
        {
            var image = ValueBounds.Of(batch.Slice(start, perImage)) ?? throw new CalibrationException(
                $"Tensor '{Name}' holds NaN or infinite values for a calibration image: "
                + "check the model's weights and the input's scaling.");
            bounds = bounds.Union(image);
            sums = (sums.Minima + image.Minimum, sums.Maxima + image.Maximum, sums.Images + 1);
        }

        Histogram.Collect(batch, bounds.SmallestMagnitude, bounds.LargestMagnitude);
        (_bounds, _sums) = (_bounds.Union(bounds), sums);
        Count += batch.Length;
    }

    /// <summary>
    /// Empty statistics on the same bins. Collect a shard of the images in each, merge them in a fixed order: the result does not
    /// depend on how many ran at a time.
    /// </summary>
    public ActivationStatistics Fork() => new(Name, _options, Histogram.Fork());

    /// <summary>Adds what another one has seen; see <see cref="HistogramCollector.Merge"/>.</summary>
    public void Merge(ActivationStatistics other)
    {
        Histogram.Merge(other.Histogram);
        _bounds = _bounds.Union(other._bounds);
        var (minima, maxima, images) = other._sums;
        _sums = (_sums.Minima + minima, _sums.Maxima + maxima, _sums.Images + images);
        Count += other.Count;
    }

    /// <summary>The bound a method chooses for the codes of a scheme; those of the reference are signed.</summary>
    /// <exception cref="CalibrationException">Nothing was collected.</exception>
    public CalibrationResult Compute(CalibrationMethod method, QuantizationScheme scheme = QuantizationScheme.SignedSymmetric)
    {
        if (Count == 0)
        {
            throw new CalibrationException(
                $"Tensor '{Name}' received no values during calibration: the layer never ran, so it must not be quantized.");
        }

        return method switch
        {
            CalibrationMethod.Max => new(method, _bounds.LargestMagnitude),
            CalibrationMethod.AverageMax => new(method, MeanRange().Amax),

            // A constant tensor has no distribution to search.
            _ when !Histogram.IsFixed => new(method, _bounds.LargestMagnitude),
            CalibrationMethod.Percentile => PercentileSearch.Run(Histogram, _options.Percentile),
            CalibrationMethod.Mse => MseSearch.Run(Histogram, bound => LastCode(scheme, bound)),
            CalibrationMethod.Entropy => EntropySearch.Run(Histogram, bound => LastCode(scheme, bound)),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such calibration method."),
        };
    }

    /// <summary>
    /// The range a method chooses for a scheme: symmetric schemes get [−amax, amax], non-negative ones [0, amax]; an affine one gets
    /// the part of [−amax, amax] in which values were seen, and for the mean of extremes that mean itself; inputs of HardSwish get
    /// [−3, amax] without the part above all values seen.
    /// </summary>
    /// <exception cref="CalibrationException">Nothing was collected.</exception>
    public QuantizationRange RangeFor(CalibrationMethod method, QuantizationScheme scheme)
    {
        var amax = Compute(method, scheme).Amax;
        return scheme switch
        {
            QuantizationScheme.UnsignedNonNegative => new(0f, amax),
            QuantizationScheme.UnsignedHardSwish =>
                new(-(float)QuantizationParameters.HardSwishKnee, MathF.Max(MathF.Min(Maximum, amax), 0f)),
            QuantizationScheme.UnsignedAffine when method is CalibrationMethod.AverageMax => MeanRange(),
            QuantizationScheme.UnsignedAffine =>
                new(MathF.Min(MathF.Max(Minimum, -amax), amax), MathF.Max(MathF.Min(Maximum, amax), -amax)),
            _ => QuantizationRange.FromAmax(amax),
        };
    }

    /// <summary>Writes the state; equal states give equal bytes, so that a resumed calibration has the digest of an unbroken one.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(FormatVersion);
        writer.Write(Name);
        writer.Write(_options.Bins);
        writer.Write(_options.Percentile);
        writer.Write(Count);
        writer.Write(_bounds.Minimum);
        writer.Write(_bounds.Maximum);
        writer.Write(_bounds.SmallestMagnitude);
        writer.Write(_sums.Minima);
        writer.Write(_sums.Maxima);
        writer.Write(_sums.Images);
        Histogram.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CalibrationException">Another version wrote it.</exception>
    public static ActivationStatistics Load(BinaryReader reader)
    {
        var version = reader.ReadByte();
        if (version != FormatVersion)
        {
            throw new CalibrationException(
                $"The calibration state has format {version}, this version reads {FormatVersion}: "
                + "delete the checkpoint and calibrate again.");
        }

        var name = reader.ReadString();
        var options = new CalibrationOptions { Bins = reader.ReadInt32(), Percentile = reader.ReadDouble() };
        var count = reader.ReadInt64();
        var bounds = new ValueBounds(reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle());
        var sums = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt64());
        return new(name, options, HistogramCollector.Load(reader)) { Count = count, _bounds = bounds, _sums = sums };
    }

    // Unsigned codes are shared between what lies below zero and what lies above it, each as far as values were seen and the bound goes.
    private int LastCode(QuantizationScheme scheme, double bound) => scheme switch
    {
        QuantizationScheme.UnsignedAffine =>
            Share(bound, Math.Clamp(-Minimum, 0, bound) + Math.Clamp(Maximum, 0, bound)),
        QuantizationScheme.UnsignedHardSwish => Share(bound, QuantizationParameters.HardSwishKnee + Math.Clamp(Maximum, 0, bound)),
        _ => scheme.QMax(),
    };

    private static int Share(double bound, double whole) =>
        Math.Clamp((int)Math.Round(byte.MaxValue * bound / whole), 1, byte.MaxValue);

    private QuantizationRange MeanRange() => new((float)(_sums.Minima / _sums.Images), (float)(_sums.Maxima / _sums.Images));
}
