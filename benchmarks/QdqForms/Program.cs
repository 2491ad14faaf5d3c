// What the placement of Q/DQ pairs is worth in ONNX Runtime on CPU: one Conv-Relu chain as float, with symmetric pairs as tools for
// TensorRT write them, and those after `qat optimize --target ort-cpu`. Runs are taken in turns.
// Usage: dotnet run -c Release --project benchmarks/QdqForms -- [rounds] [threads]
using QatPipeline.Benchmarks.QdqForms;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Graphs;

var rounds = args.Length > 0 ? int.Parse(args[0]) : 30;
var threads = args.Length > 1 ? int.Parse(args[1]) : 2;
var afterRelu = ConvReluChain.Symmetric(aroundRelu: false);
var aroundRelu = ConvReluChain.Symmetric(aroundRelu: true);
using var engines = new EngineSet(threads);
engines.Add("float", ConvReluChain.Float());
engines.Add("symmetric after Relu", afterRelu);
engines.Add("symmetric after Relu, optimized", TargetRegistry.Build(afterRelu, "ort-cpu").Graph);
engines.Add("symmetric around Relu", aroundRelu);
engines.Add("symmetric around Relu, optimized", TargetRegistry.Build(aroundRelu, "ort-cpu").Graph);
var figures = new Figures();
engines.Print(rounds, figures);
figures.Print();
