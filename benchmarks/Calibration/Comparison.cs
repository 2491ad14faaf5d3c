using QatPipeline.Benchmarks.Results;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Benchmarks.Calibration;

/// <summary>Side-by-side figures per processor core: processor time counts, so that other work on the machine disturbs little.</summary>
internal sealed class Comparison(Figures figures)
{
    public void Print(string name, int values, int rounds, Action scalar, Action kernel)
    {
        var (plain, fast) = (Best(scalar, rounds), Best(kernel, rounds));
        Console.WriteLine($"{name,-38}{values / plain / 1e6,12:F0}{values / fast / 1e6,14:F0}{plain / fast,8:F1}");
        figures.Add(Figure.More($"{name}, a core", values / fast / 1e6, "M values/s", "scalar form", values / plain / 1e6));
    }

    public static void PrintSearches(float[] values, int[] bins)
    {
        foreach (var count in bins)
        {
            var statistics = new ActivationStatistics("activation", new CalibrationOptions { Bins = count });
            statistics.Collect(values);
            foreach (var method in new[] { CalibrationMethod.Percentile, CalibrationMethod.Mse, CalibrationMethod.Entropy })
            {
                Console.WriteLine($"{method.Name(),-12} over {count} bins: {Best(() => statistics.Compute(method), 10) * 1000:F2} ms");
            }
        }
    }

    /// <summary>Least processor seconds of a round, all threads together.</summary>
    private static double Best(Action action, int rounds)
    {
        WarmUp.Run(action);
        return Enumerable.Range(0, rounds).Min(_ =>
        {
            var start = Environment.CpuUsage.TotalTime;
            action();
            return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        });
    }
}
