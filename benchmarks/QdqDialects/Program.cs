using QatPipeline.Graphs;
using QatPipeline.QdqDialects.Benchmarks;

// What the placement of Q/DQ pairs is worth in ONNX Runtime on CPU: one Conv-Relu chain as float, with symmetric pairs as tools for
// TensorRT write them, and the latter after `qat optimize --target ort-cpu`. Runs are taken in turns.
// Usage: dotnet run -c Release --project benchmarks/QdqDialects -- [rounds]
var rounds = args.Length > 0 ? int.Parse(args[0]) : 30;
var symmetric = ConvReluChain.Symmetric();
using var engines = new EngineSet(threads: 2);
engines.Add("float", ConvReluChain.Float());
engines.Add("symmetric Q/DQ", symmetric);
engines.Add("optimized for ort-cpu", DialectWriter.Build(symmetric, Dialect.OrtCpu).Graph);
engines.Print(rounds);
