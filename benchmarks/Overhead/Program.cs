// What a run costs in the distributed system beside the same run in one process: whole against whole, on this machine, in turns, with nothing
// in any cache. The system is up and ready before its run is submitted; how long its start takes is printed apart.
// Usage: dotnet run -c Release --project benchmarks/Overhead [rounds] [run.yaml]
using System.Globalization;
using QatPipeline.Benchmarks.Overhead;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0]) : 1;
var specification = Path.GetFullPath(args.Length > 1 ? args[1] : "samples/demo/run.yaml");
var folder = Directory.CreateTempSubdirectory("qat-overhead-");
try
{
    var comparison = new Comparison(specification, folder);
    await comparison.MeasureAsync(rounds);
    comparison.Print();
}
finally
{
    folder.Delete(recursive: true);
}
