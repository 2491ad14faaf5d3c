using System.Diagnostics;
using QatPipeline.Benchmarks.Results;

namespace QatPipeline.Benchmarks.FakeQuantization;

/// <summary>Times of alternatives, taken in turns so that a noisy machine disturbs all of them alike.</summary>
internal static class Comparison
{
    /// <summary>Runs every alternative once to warm up, then in turns; returns the median milliseconds of each.</summary>
    public static IReadOnlyList<(string Name, double Milliseconds)> Measure(int rounds, params (string Name, Action Run)[] alternatives)
    {
        var times = alternatives.ToDictionary(alternative => alternative.Name, _ => new List<double>());
        foreach (var (_, run) in alternatives)
        {
            run();
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, run) in alternatives)
            {
                var start = Stopwatch.GetTimestamp();
                run();
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. alternatives.Select(alternative => (alternative.Name, times[alternative.Name].Order().ElementAt(rounds / 2)))];
    }

    public static void Print(Figures figures, string title, IReadOnlyList<(string Name, double Milliseconds)> results)
    {
        Console.WriteLine($"{title,-28}{"median ms",12}{"ratio",9}");
        foreach (var (name, milliseconds) in results)
        {
            Console.WriteLine($"  {name,-26}{milliseconds,12:F1}{milliseconds / results[0].Milliseconds,9:F3}");
        }

        foreach (var (name, milliseconds) in results.Skip(1))
        {
            figures.Add(Figure.Less($"{title}, {name}", milliseconds, "ms", results[0].Name, results[0].Milliseconds));
        }
    }
}
