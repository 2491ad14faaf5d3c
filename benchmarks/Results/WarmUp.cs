using System.Diagnostics;

namespace QatPipeline.Benchmarks.Results;

/// <summary>Keeps the runtime's compiling out of a measurement.</summary>
public static class WarmUp
{
    // The runtime compiles a method for speed in two steps, each after it was called 30 times and 100 ms have passed.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    /// <summary>Runs an action until what it calls often is compiled for speed.</summary>
    public static void Run(Action action)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Duration;)
        {
            action();
        }
    }
}
