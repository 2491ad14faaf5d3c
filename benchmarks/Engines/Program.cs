// What 8 bits gain on this machine: the float and the INT8 engine of ONNX Runtime in turns, then the INT8 engine of LibTorch, at batch 1.
// Usage: ./qat calibrate RUN.yaml --out FOLDER, then
//        dotnet run -c Release --project benchmarks/Engines -- NAME FOLDER/float-graph.onnx FOLDER/ptq-graph.onnx TARGET [seconds]
using System.Globalization;
using QatPipeline.Benchmarks.Engines;
using QatPipeline.Benchmarks.Results;

if (args is not [var name, var floatGraph, var quantizedGraph, var target, .. var rest])
{
    Console.Error.WriteLine("usage: Engines NAME FLOAT-GRAPH.onnx QUANTIZED-GRAPH.onnx TARGET [seconds]   (TARGET: times the float engine's speed)");
    return 2;
}

var seconds = double.Parse(rest.FirstOrDefault("3"), CultureInfo.InvariantCulture);
using var engines = new EngineTimes(floatGraph, quantizedGraph, TimeSpan.FromSeconds(seconds));
var (plain, integer, second) = await engines.MeasureAsync();
Console.WriteLine($"{name}: float {plain:F2} ms, ort-cpu {integer:F2} ms, torch-int8 {second:F2} ms");

var figures = new Figures();
figures.Add(Figure.Less($"{name}, INT8 engine", integer, "ms", "float engine", plain));
figures.Add(Figure.More($"{name}, INT8 by float engine", plain / integer, "×", "target", double.Parse(target, CultureInfo.InvariantCulture)));
figures.Add(Figure.Less($"{name}, torch-int8", second, "ms", "INT8 engine", integer));
figures.Print();
return 0;
