using System.Collections.Concurrent;
using System.Diagnostics;

namespace QatPipeline.Engines;

/// <summary>
/// trtexec's measurement for engines inside this process: warm up, then run for a least time and a least number of iterations. Several
/// engines take turns, so that what else the machine does, and its clock, meet all of them alike.
/// </summary>
public static class TimingLoop
{
    private const int Turns = 10;

    // Threads of ONNX Runtime wait for the next run on a processor, some 40 ms long.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures.</summary>
    /// <param name="engines">
    /// For each engine what makes the action that computes one batch, once a stream; streams run at the same time.
    /// </param>
    /// <param name="options">Warm-up, duration, iterations, streams of each engine.</param>
    /// <param name="cancellationToken">Ends the measurement between two iterations.</param>
    /// <returns>For each engine its latencies in the order of completion, and the time its turns took.</returns>
    public static async Task<IReadOnlyList<(IReadOnlyCollection<double> Milliseconds, TimeSpan Elapsed)>> MeasureAsync(
        IReadOnlyList<Func<Action>> engines, TimingOptions options, CancellationToken cancellationToken)
    {
        var runs = engines.Select(create => Enumerable.Range(0, options.Streams).Select(_ => create()).ToArray()).ToArray();
        foreach (var streams in runs)
        {
            await RepeatAsync(streams, options.WarmUp, 1, null, cancellationToken).ConfigureAwait(false);
        }

        var turns = engines.Count > 1 ? Turns : 1;
        var perStream = (options.Iterations + (options.Streams * turns) - 1) / (options.Streams * turns);
        var latencies = runs.Select(_ => new ConcurrentQueue<double>()).ToArray();
        var elapsed = new TimeSpan[runs.Length];
        for (var turn = 0; turn < turns; turn++)
        {
            for (var engine = 0; engine < runs.Length; engine++)
            {
                if (runs.Length > 1)
                {
                    await Task.Delay(Rest, cancellationToken).ConfigureAwait(false);
                }

                // The other engine's turn has emptied the caches.
                await RepeatAsync(runs[engine], TimeSpan.Zero, turn == 0 ? 0 : 1, null, cancellationToken).ConfigureAwait(false);
                var start = Stopwatch.GetTimestamp();
                await RepeatAsync(runs[engine], options.Duration / turns, perStream, latencies[engine], cancellationToken)
                    .ConfigureAwait(false);
                elapsed[engine] += Stopwatch.GetElapsedTime(start);
            }
        }

        return [.. latencies.Zip(elapsed, (times, time) => ((IReadOnlyCollection<double>)times, time))];
    }

    private static Task RepeatAsync(
        Action[] streams, TimeSpan duration, int iterations, ConcurrentQueue<double>? latencies, CancellationToken cancellationToken) =>
        Task.WhenAll(streams.Select(run => OnThread(() => Repeat(run, duration, iterations, latencies, cancellationToken))));

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
