using System.Diagnostics;
using System.Text.Json;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Benchmarks.Ranks;

/// <summary>Measures the ways to train in turns.</summary>
internal sealed class Comparison(string specification, string outputs, int steps)
{
    private readonly Dictionary<Way, List<StepFigures>> _figures = Enum.GetValues<Way>().ToDictionary(way => way, _ => new List<StepFigures>());

    public async Task MeasureAsync()
    {
        foreach (var (way, figures) in _figures)
        {
            figures.Add(await RunAsync(way, way == Way.Alone ? 1 : 2));
        }
    }

    public void Print()
    {
        Console.WriteLine($"{"",-14}{"step ms",10}{"mean",10}{"exchange ms",14}{"bytes",12}{"sums",7}");
        foreach (var (way, figures) in _figures)
        {
            foreach (var step in figures)
            {
                Console.WriteLine(
                    $"{way,-14}{step.Milliseconds,10:F1}{step.MeanMilliseconds,10:F1}{step.CommunicationMilliseconds,14:F1}{step.SummedBytes,12}"
                    + $"{step.Sums,7}");
            }
        }

        Console.WriteLine($"Images in a second, times those of one process: two ranks on its batches {Ratio(Way.Ranks):F2},");
        Console.WriteLine($"with batch statistics of their own {Ratio(Way.OwnStatistics):F2},");
        Console.WriteLine($"on batches of its size each {2 * Ratio(Way.WholeBatches):F2}; without any exchange {Ratio(Way.SideBySide):F2}.");
        Console.WriteLine($"Exchange: {_figures[Way.Ranks].Average(step => step.CommunicationMilliseconds / step.MeanMilliseconds):P0} of a step.");
        var results = new Figures();
        results.Add(OfBound("two ranks on the same batches", Way.Ranks));
        results.Add(OfBound("two ranks, batch statistics of their own", Way.OwnStatistics));
        results.Print();
    }

    private Figure OfBound(string name, Way way) =>
        Figure.More($"{name}, by one process", Ratio(way), "×", "without exchange", Ratio(Way.SideBySide));

    // One process's time for a step by that of the other way; of each round's pair; the median.
    private double Ratio(Way way) => _figures[Way.Alone].Zip(_figures[way], (alone, other) => alone.MeanMilliseconds / other.MeanMilliseconds)
        .Order().ElementAt(_figures[way].Count / 2);

    private async Task<StepFigures> RunAsync(Way way, int processes)
    {
        var start = new ProcessStartInfo("mpiexec",
            ["-n", $"{processes}", Environment.ProcessPath!, Worker.Argument, $"{way}", specification, outputs, $"{steps}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in MpiCollective.Environment)
        {
            start.Environment[name] = value;
        }

        using var launcher = Process.Start(start)!;
        var output = await launcher.StandardOutput.ReadToEndAsync();
        await launcher.WaitForExitAsync();
        return launcher.ExitCode == 0 ? JsonSerializer.Deserialize<StepFigures>(output)!
            : throw new InvalidOperationException($"mpiexec ended with {launcher.ExitCode}:\n{output}");
    }
}
