using System.Diagnostics;

namespace QatPipeline.Torch.Parallel;

/// <summary>Ranks whose exchange of data is measured. A barrier does not count: ranks wait there for other work than theirs.</summary>
/// <param name="ranks">What does the work; owned.</param>
public sealed class MeteredCollective(ICollective ranks) : ICollective
{
    private long _ticks;

    /// <inheritdoc/>
    public int Rank => ranks.Rank;

    /// <inheritdoc/>
    public int Size => ranks.Size;

    /// <summary>Time spent in sums and broadcasts, the wait for slower ranks included.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(0, _ticks);

    /// <summary>Size of the values that were summed.</summary>
    public long SummedBytes { get; private set; }

    /// <summary>How many sums were formed.</summary>
    public long Sums { get; private set; }

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        var begin = Stopwatch.GetTimestamp();
        ranks.Sum(values);
        Count(begin, (long)values.Length * sizeof(float));
    }

    /// <inheritdoc/>
    public void Sum(Span<double> values)
    {
        var begin = Stopwatch.GetTimestamp();
        ranks.Sum(values);
        Count(begin, (long)values.Length * sizeof(double));
    }

    /// <inheritdoc/>
    /// <remarks>On a GPU the sum is only enqueued: what it takes there is not measured.</remarks>
    public void Sum(Tensor values)
    {
        var begin = Stopwatch.GetTimestamp();
        ranks.Sum(values);
        Count(begin, values.numel() * values.element_size());
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> content)
    {
        var begin = Stopwatch.GetTimestamp();
        ranks.Broadcast(content);
        _ticks += Stopwatch.GetTimestamp() - begin;
    }

    /// <inheritdoc/>
    public void Barrier() => ranks.Barrier();

    /// <inheritdoc/>
    public void Dispose() => ranks.Dispose();

    private void Count(long begin, long bytes)
    {
        _ticks += Stopwatch.GetTimestamp() - begin;
        SummedBytes += bytes;
        Sums++;
    }
}
