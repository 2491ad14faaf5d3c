// What sharing a quantization-aware training gives: two ranks with one thread each against one process with one thread; and, as the bound,
// two processes side by side that train on half batches without knowing of each other. In turns; needs mpich.
// Usage: ./qat qat benchmarks/Ranks/run.yaml --out FOLDER, then
//        dotnet run -c Release --project benchmarks/Ranks -- benchmarks/Ranks/run.yaml FOLDER [steps] [rounds]
using QatPipeline.Benchmarks.Ranks;
using QatPipeline.Torch.Native;

if (args is [Worker.Argument, var kind, var file, var outputs, var count])
{
    await TorchThread.RunAsync(() => Worker.RunAsync(Enum.Parse<Way>(kind), file, outputs, int.Parse(count)));
    return;
}

var steps = args.Length > 2 ? int.Parse(args[2]) : 7;
var rounds = args.Length > 3 ? int.Parse(args[3]) : 3;
var comparison = new Comparison(args[0], args[1], steps);
for (var round = 0; round < rounds; round++)
{
    await comparison.MeasureAsync();
}

comparison.Print();
