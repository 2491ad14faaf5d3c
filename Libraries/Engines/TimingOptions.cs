namespace QatPipeline.Engines;

/// <summary>How an engine is timed; names and defaults are trtexec's.</summary>
public sealed record TimingOptions
{
    /// <summary>For an engine that is built to be run, not to be timed.</summary>
    public static TimingOptions Untimed { get; } = new() { WarmUp = TimeSpan.Zero, Duration = TimeSpan.Zero, Iterations = 1 };

    /// <summary>Runs before measuring last at least this long.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Measuring lasts at least this long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Measuring takes at least this many iterations.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>Consecutive iterations averaged in the trace.</summary>
    public int AvgRuns { get; init; } = 10;

    /// <summary>The latency percentile reported, 0…100. It has nothing to do with calibration.</summary>
    public double Percentile { get; init; } = 99;

    /// <summary>Iterations in flight at a time.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="EngineException">One is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(WarmUp >= TimeSpan.Zero, nameof(WarmUp), "must not be negative");
        Require(Duration >= TimeSpan.Zero, nameof(Duration), "must not be negative");
        Require(Iterations >= 1, nameof(Iterations), "must be at least 1");
        Require(AvgRuns >= 1, nameof(AvgRuns), "must be at least 1");
        Require(Percentile is >= 0 and <= 100, nameof(Percentile), "must be 0…100");
        Require(Streams >= 1, nameof(Streams), "must be at least 1");
    }

    private static void Require(bool condition, string name, string demand)
    {
        if (!condition)
        {
            throw new EngineException($"Timing option {name} {demand}.");
        }
    }
}
