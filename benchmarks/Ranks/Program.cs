// What sharing a quantization-aware training gives: two ranks with one thread each against one process with one thread; and, as the bound,
// two processes side by side that train on half batches without knowing of each other. In turns; needs mpich.
// Usage: ./qat qat benchmarks/Ranks/run.yaml --out FOLDER, then
//        dotnet run -c Release --project benchmarks/Ranks -- benchmarks/Ranks/run.yaml FOLDER [steps of a turn] [rounds]
using System.Globalization;
using QatPipeline.Benchmarks.Ranks;
using QatPipeline.Torch.Native;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [Worker.Argument, var way, var file, var outputs, var turns, var count])
{
    await TorchThread.RunAsync(() => Worker.RunAsync(Enum.Parse<Way>(way), file, outputs, turns, int.Parse(count)));
    return;
}

var steps = args.Length > 2 ? int.Parse(args[2]) : 2;
var rounds = args.Length > 3 ? int.Parse(args[3]) : 15;
(await Comparison.MeasureAsync(args[0], args[1], steps, rounds)).Print();
