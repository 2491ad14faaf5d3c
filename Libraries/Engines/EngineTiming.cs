namespace QatPipeline.Engines;

/// <summary>How a batch reached the engine.</summary>
public enum BatchExecution
{
    /// <summary>One run computes the whole batch.</summary>
    Native,

    /// <summary>The engine's batch is fixed to a smaller one: a run for each part, one after the other.</summary>
    Looped,
}

/// <summary>The measured speed of an engine at one batch size.</summary>
public sealed record EngineTiming
{
    /// <summary>Images in a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Whether the engine takes that batch at once.</summary>
    public required BatchExecution Execution { get; init; }

    /// <summary>Latency of a batch, transfers included.</summary>
    public required LatencyStatistics Latency { get; init; }

    /// <summary>Time of a batch on the accelerator alone, where it was told.</summary>
    public LatencyStatistics? Compute { get; init; }

    /// <summary>Images per second over the whole measurement.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Batches measured; null where the back end does not tell.</summary>
    public int? Iterations { get; init; }

    /// <summary>Mean latency of each group of consecutive batches (<see cref="TimingOptions.AvgRuns"/>), in milliseconds.</summary>
    public IReadOnlyList<double> RunAverages { get; init; } = [];

    /// <summary>
    /// The distribution of <see cref="Latency"/>: what 0, 1, … 100 % of the batches do not exceed, in milliseconds; empty where the back
    /// end does not tell.
    /// </summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>How it was measured.</summary>
    public required TimingOptions Options { get; init; }

    /// <summary>Back end, version, threads.</summary>
    public required string Environment { get; init; }

    /// <summary>The timing of an engine inside this process.</summary>
    /// <param name="batch">Images in a batch.</param>
    /// <param name="execution">Whether the engine takes that batch at once.</param>
    /// <param name="measured">What <see cref="TimingLoop"/> gave: latencies in the order of completion, time of all.</param>
    /// <param name="options">How it was measured.</param>
    /// <param name="environment">Back end, version, threads.</param>
    public static EngineTiming Of(
        int batch,
        BatchExecution execution,
        (IReadOnlyCollection<double> Milliseconds, TimeSpan Elapsed) measured,
        TimingOptions options,
        string environment) => new()
        {
            Batch = batch,
            Execution = execution,
            Latency = LatencyStatistics.Of(measured.Milliseconds, options.Percentile),
            ImagesPerSecond = measured.Milliseconds.Count * batch / measured.Elapsed.TotalSeconds,
            Iterations = measured.Milliseconds.Count,
            Quantiles = LatencyStatistics.QuantilesOf(measured.Milliseconds),
            RunAverages =
            [
                .. measured.Milliseconds.Chunk(options.AvgRuns).Where(group => group.Length == options.AvgRuns).Select(Enumerable.Average),
            ],
            Options = options,
            Environment = environment,
        };
}
