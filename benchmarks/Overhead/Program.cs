// What a run costs in the distributed system beside the same run in one process: whole against whole, on this machine, in turns, with nothing
// in any cache. The system is up and ready before its run is submitted; how long its start takes is printed apart.
// Usage: dotnet run -c Release --project benchmarks/Overhead [rounds] [run.yaml]
using System.Globalization;
using QatPipeline.Benchmarks.Overhead;
using QatPipeline.Benchmarks.Results;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0]) : 1;
var specification = Path.GetFullPath(args.Length > 1 ? args[1] : "samples/demo/run.yaml");
var folder = Directory.CreateTempSubdirectory("qat-overhead-");
try
{
    // Builds, and loads what the machine lacks, before anything is timed.
    await QatCommand.RunAsync(folder, "doctor");
    var (embedded, distributed) = (new List<WholeRun>(), new List<WholeRun>());
    for (var round = 0; round < rounds; round++)
    {
        embedded.Add(await WholeRun.EmbeddedAsync(specification, folder.CreateSubdirectory($"embedded-{round}")));
        distributed.Add(await WholeRun.DistributedAsync(specification, folder.CreateSubdirectory($"distributed-{round}")));
        WholeRun.Print(embedded[^1], distributed[^1]);
    }

    var (one, many) = (embedded.Min(run => run.Seconds), distributed.Min(run => run.Seconds));
    Console.WriteLine($"fastest of {rounds}: embedded {one:0.0} s, distributed {many:0.0} s");
    var figures = new Figures();
    figures.Add(Figure.Less("distributed run", many, "s", "embedded run", one));
    figures.Add(Figure.Less("distributed run, by the embedded one", many / one, "×", "target", 1.15));
    figures.Print();
}
finally
{
    folder.Delete(recursive: true);
}
