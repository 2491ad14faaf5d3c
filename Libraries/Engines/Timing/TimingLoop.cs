using System.Collections.Concurrent;
using System.Diagnostics;

namespace QatPipeline.Engines;

/// <summary>trtexec's measurement for engines inside this process: warm up, then run for a least time and a least number of iterations.</summary>
internal static class TimingLoop
{
    /// <summary>Measures.</summary>
    /// <param name="createRun">Makes the action that computes one batch, once a stream; streams run at the same time.</param>
    /// <param name="options">Warm-up, duration, iterations, streams.</param>
    /// <param name="cancellationToken">Ends the measurement between two iterations.</param>
    /// <returns>Latencies in the order of completion, and the time from the first start to the last completion.</returns>
    public static async Task<(IReadOnlyList<double> Milliseconds, TimeSpan Elapsed)> MeasureAsync(
        Func<Action> createRun, TimingOptions options, CancellationToken cancellationToken)
    {
        var runs = Enumerable.Range(0, options.Streams).Select(_ => createRun()).ToArray();
        await Task.WhenAll(runs.Select(run => OnThread(() => Repeat(run, options.WarmUp, 1, null, cancellationToken))));

        var latencies = new ConcurrentQueue<double>();
        var perStream = (options.Iterations + options.Streams - 1) / options.Streams;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(runs.Select(run => OnThread(() => Repeat(run, options.Duration, perStream, latencies, cancellationToken))));
        return (latencies.ToArray(), Stopwatch.GetElapsedTime(start));
    }

    private static void Repeat(
        Action run, TimeSpan duration, int iterations, ConcurrentQueue<double>? latencies, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var iteration = 0; iteration < iterations || Stopwatch.GetElapsedTime(start) < duration; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = Stopwatch.GetTimestamp();
            run();
            latencies?.Enqueue(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
    }

    /// <summary>A thread of its own: the pool would let the streams wait for each other.</summary>
    private static Task OnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
