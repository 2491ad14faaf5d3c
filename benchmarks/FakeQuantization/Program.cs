// What simulating quantization costs: fake quantization against the float training step, observing against the float forward pass.
// Usage: dotnet run -c Release --project benchmarks/FakeQuantization -- [batch] [size] [rounds]
using QatPipeline.Benchmarks.FakeQuantization;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Torch.Native;
using TorchSharp;

var numbers = args.Select(int.Parse).ToArray();
var batch = numbers.ElementAtOrDefault(0) is > 0 and var given ? given : 2;
var size = numbers.ElementAtOrDefault(1) is > 0 and var side ? side : 640;
var rounds = numbers.ElementAtOrDefault(2) is > 0 and var count ? count : 5;
TorchNative.EnsureLoaded();
torch.set_num_threads(Environment.ProcessorCount);

var graph = BackboneGraph.Create(size);
Console.WriteLine(
    $"YOLOv6-S backbone, {graph.Nodes.Count(node => node.Is("Conv"))} convolutions with live batch normalization, "
    + $"batch {batch}, {size} px, {Environment.ProcessorCount} threads");
var figures = new Figures();
Comparison.Print(figures, "training step", TrainingStep.Measure(graph, batch, size, rounds));
Comparison.Print(figures, "calibration", CalibrationPass.Measure(graph, batch, size, rounds));
figures.Print();
