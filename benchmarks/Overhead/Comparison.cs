using QatPipeline.Benchmarks.Results;

namespace QatPipeline.Benchmarks.Overhead;

/// <summary>Whole runs of both kinds, in turns.</summary>
internal sealed class Comparison(string specification, DirectoryInfo folder)
{
    private const double Target = 1.15;

    private readonly List<WholeRun> _embedded = [], _distributed = [];

    public async Task MeasureAsync(int rounds)
    {
        // Builds, and loads what the machine lacks, before anything is timed.
        await QatCommand.RunAsync(folder, "doctor");
        for (var round = 0; round < rounds; round++)
        {
            _embedded.Add(await WholeRun.EmbeddedAsync(specification, folder.CreateSubdirectory($"embedded-{round}")));
            _distributed.Add(await WholeRun.DistributedAsync(specification, folder.CreateSubdirectory($"distributed-{round}")));
            WholeRun.Print(_embedded[^1], _distributed[^1]);
        }
    }

    /// <summary>Prints the fastest of each kind.</summary>
    public void Print()
    {
        var (one, many) = (_embedded.Min(run => run.Seconds), _distributed.Min(run => run.Seconds));
        Console.WriteLine($"fastest of {_embedded.Count}: embedded {one:0.0} s, distributed {many:0.0} s");
        var figures = new Figures();
        figures.Add(Figure.Less("distributed run", many, "s", "embedded run", one));
        figures.Add(Figure.Less("distributed run, by the embedded one", many / one, "×", "target", Target));
        figures.Print();
    }
}
