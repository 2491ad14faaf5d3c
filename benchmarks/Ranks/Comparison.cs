using QatPipeline.Benchmarks.Results;
using static QatPipeline.Engines.LatencyStatistics;

namespace QatPipeline.Benchmarks.Ranks;

/// <summary>
/// Measures the ways to train in turns of a few steps, all processes ready: what else the machine does, which changes within minutes,
/// meets the turns of a round alike.
/// </summary>
internal sealed class Comparison
{
    private const double Target = 1.7;

    private readonly Dictionary<Way, List<StepFigures>> _figures = Enum.GetValues<Way>().ToDictionary(way => way, _ => new List<StepFigures>());

    public static async Task<Comparison> MeasureAsync(string specification, string outputs, int steps, int rounds)
    {
        var comparison = new Comparison();
        var turns = Directory.CreateTempSubdirectory("qat-turns-");
        var trainees = Enum.GetValues<Way>().Select(way => new Trainees(way, specification, outputs, turns.FullName, steps)).ToArray();
        try
        {
            foreach (var warming in trainees)
            {
                await warming.TrainAsync();
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var training in trainees)
                {
                    comparison._figures[training.Way].Add(await training.TrainAsync());
                }
            }

            return comparison;
        }
        finally
        {
            Array.ForEach(trainees, ended => ended.Dispose());
            turns.Delete(recursive: true);
        }
    }

    public void Print()
    {
        Console.WriteLine($"{"",-14}{"step ms",10}{"exchange ms",14}{"bytes",12}{"sums",7}   images, times those of one process: median, quartiles");
        foreach (var (way, figures) in _figures)
        {
            var ratios = Ratios(way);
            var (step, exchange) = (
                MedianOf([.. figures.Select(turn => turn.Milliseconds)]), MedianOf([.. figures.Select(turn => turn.ExchangeMilliseconds)]));
            Console.WriteLine(
                $"{way,-14}{step,10:F0}{exchange,14:F0}"
                + $"{figures[^1].SummedBytes,12}{figures[^1].Sums,7}   {MedianOf(ratios):F2}   "
                + $"{ratios[ratios.Length / 4]:F2} … {ratios[^(1 + (ratios.Length / 4))]:F2}");
        }

        var results = new Figures();
        results.Add(OfTarget("two ranks on the same batches", Way.Ranks));
        results.Add(OfTarget("two ranks, batch statistics of their own", Way.OwnStatistics));
        results.Add(OfTarget("two ranks on a batch each", Way.WholeBatches));
        results.Print();
    }

    private Figure OfTarget(string name, Way way) =>
        Figure.More($"{name}, by one process", MedianOf(Ratios(way)), "×", "target", Target);

    /// <summary>Images in a second, times those of one process in the same round; in order.</summary>
    private double[] Ratios(Way way)
    {
        var images = way == Way.WholeBatches ? 2 : 1;
        return [.. _figures[Way.Alone].Zip(_figures[way], (alone, other) => images * alone.Milliseconds / other.Milliseconds).Order()];
    }
}
