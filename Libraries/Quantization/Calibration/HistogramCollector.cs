namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// A streaming histogram of magnitudes (reference 5.3). The first batch fixes first edge and bin width; later batches append bins of
/// that width as far as their largest magnitude; bins are never moved, values below the first edge are dropped. Counts depend only on
/// the grid and the values, not on how these are divided into batches, so forks of one grid merge exactly (but for a value exactly
/// on the last edge of its time, which the last bin includes).
/// </summary>
/// <remarks>
/// Two departures, both where the reference breaks down: batches of one constant value are held back until a batch with a width fixes
/// the grid, and a histogram that would outgrow 65536 bins doubles its bin width instead.
/// Edges are first + i·width rounded once; the reference accumulates the tail in float32 and drifts by a few hundredths of a bin.
/// </remarks>
public sealed class HistogramCollector
{
    /// <summary>Narrower bins could not be told apart in float32; such a batch counts as constant.</summary>
    private const float SmallestWidth = 1e-37f;

    private readonly int _firstBins;
    private HistogramGrid _grid;
    private long[] _counts = [];
    private (float Magnitude, long Count) _heldBack;

    /// <summary>An empty histogram whose first batch gets <paramref name="firstBins"/> bins.</summary>
    public HistogramCollector(int firstBins) => _firstBins = firstBins;

    private HistogramCollector(int firstBins, HistogramGrid grid, long[] counts) : this(firstBins) => (_grid, _counts) = (grid, counts);

    /// <summary>Values per bin; empty until a batch with two different magnitudes was collected.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Values below the first edge: seen, but in no bin.</summary>
    public long Dropped { get; private set; }

    /// <summary>True once a batch fixed the bins.</summary>
    public bool IsFixed => _counts.Length > 0;

    /// <summary>Width of a bin, in the tensor's unit.</summary>
    public double Width => _grid.Width;

    /// <summary>Left edge of a bin; with the number of bins, the right edge of the last one.</summary>
    public float Edge(int bin) => _grid.Edge(bin);

    /// <summary>Centre of a bin.</summary>
    public double Centre(int bin) => _grid.Centre(bin);

    /// <summary>An empty histogram on the same bins, to collect a part of the data elsewhere and <see cref="Merge"/> it back.</summary>
    public HistogramCollector Fork() => new(_firstBins, _grid, new long[_counts.Length]);

    /// <summary>Adds finite values whose magnitudes lie between the two given.</summary>
    internal void Collect(ReadOnlySpan<float> values, float smallest, float largest)
    {
        if (!IsFixed && IsConstant(smallest, largest))
        {
            AddMagnitude(largest, values.Length);
            return;
        }

        if (!IsFixed)
        {
            Fix(smallest, largest);
        }

        ExtendTo(largest);
        Dropped += HistogramKernel.Add(values, _grid, _counts);
    }

    /// <summary>
    /// Adds another histogram's counts: exactly where both descend from one grid by <see cref="Fork"/>, otherwise each of its bins
    /// counts at its centre.
    /// </summary>
    public void Merge(HistogramCollector other)
    {
        if (other.IsFixed)
        {
            if (!IsFixed)
            {
                Fix(other._grid, other._counts.Length);
            }

            AddBins(other);
        }

        AddMagnitude(other._heldBack.Magnitude, other._heldBack.Count);
        Dropped += other.Dropped;
    }

    /// <summary>Writes the state; equal states give equal bytes.</summary>
    internal void Save(BinaryWriter writer)
    {
        writer.Write(_firstBins);
        writer.Write(_grid.FirstEdge);
        writer.Write(_grid.Width);
        writer.Write(_heldBack.Magnitude);
        writer.Write(_heldBack.Count);
        writer.Write(Dropped);
        writer.Write(_counts.Length);
        foreach (var count in _counts)
        {
            writer.Write7BitEncodedInt64(count);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal static HistogramCollector Load(BinaryReader reader)
    {
        var collector = new HistogramCollector(reader.ReadInt32())
        {
            _grid = new(reader.ReadSingle(), reader.ReadDouble()),
            _heldBack = (reader.ReadSingle(), reader.ReadInt64()),
            Dropped = reader.ReadInt64(),
            _counts = new long[reader.ReadInt32()],
        };
        foreach (ref var count in collector._counts.AsSpan())
        {
            count = reader.Read7BitEncodedInt64();
        }

        return collector;
    }

    private bool IsConstant(float one, float other) => MathF.Abs(one - other) / _firstBins < SmallestWidth;

    private void Fix(float smallest, float largest)
    {
        if (_heldBack.Count > 0)
        {
            (smallest, largest) = (MathF.Min(smallest, _heldBack.Magnitude), MathF.Max(largest, _heldBack.Magnitude));
        }

        Fix(HistogramGrid.Between(smallest, largest, _firstBins), _firstBins);
    }

    private void Fix(HistogramGrid grid, int bins)
    {
        (_grid, _counts) = (grid, new long[bins]);
        var (magnitude, count) = _heldBack;
        _heldBack = default;
        AddMagnitude(magnitude, count);
    }

    private void AddMagnitude(float magnitude, long count)
    {
        if (count == 0)
        {
            return;
        }

        if (!IsFixed && (_heldBack.Count == 0 || IsConstant(magnitude, _heldBack.Magnitude)))
        {
            _heldBack = (magnitude, _heldBack.Count + count);
            return;
        }

        if (!IsFixed)
        {
            Fix(magnitude, magnitude);
        }

        ExtendTo(magnitude);
        var bin = _grid.Bin(magnitude, _counts.Length);
        if (bin < 0)
        {
            Dropped += count;
        }
        else
        {
            _counts[bin] += count;
        }
    }

    private void AddBins(HistogramCollector other)
    {
        while (other._grid.IsCoarsened(_grid) && other.Width > Width)
        {
            Coarsen();
        }

        if (_grid.IsCoarsened(other._grid))
        {
            var bins = (int)Math.Ceiling(other._counts.Length * other.Width / Width);
            Array.Resize(ref _counts, Math.Max(_counts.Length, bins));
        }

        for (var bin = 0; bin < other._counts.Length; bin++)
        {
            AddMagnitude((float)other.Centre(bin), other._counts[bin]);
        }
    }

    private void ExtendTo(float largest)
    {
        while (_grid.BinsUpTo(largest) > CalibrationOptions.MaximumBins)
        {
            Coarsen();
        }

        Array.Resize(ref _counts, Math.Max(_counts.Length, _grid.BinsUpTo(largest)));
    }

    private void Coarsen()
    {
        var joined = new long[(_counts.Length + 1) / 2];
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            joined[bin / 2] += _counts[bin];
        }

        (_grid, _counts) = (_grid.Coarser(), joined);
    }
}
