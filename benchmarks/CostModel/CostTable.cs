using QatPipeline.Benchmarks.Results;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Benchmarks.CostModel;

/// <summary>
/// Estimated against profiled milliseconds of three variants of a network: float, quantized, depthwise convolutions left float.
/// </summary>
internal sealed class CostTable(Figures figures)
{
    private const int Runs = 40;

    private static readonly OrtCpuOptions Options = new() { Threads = 1 };

    public void Print(string floatModel, string quantizedGraph, MachineProfile machine)
    {
        var quantized = OnnxReader.Read(quantizedGraph);
        quantized.Quantizers.ForEach(quantizer => quantizer.IsEnabled = true);
        var mixed = quantized.Clone();
        var shaped = LayerWork.WithShapes(mixed);
        TargetRegistry.Of(mixed).LeaveFloat(mixed, [.. QuantizerSelection.Layers(mixed)
            .Where(name => LayerWork.IsDepthwise(shaped, shaped.Nodes.Single(node => node.Name == name)))]);
        Print("float", TargetRegistry.Build(OnnxReader.Read(floatModel), "float").Graph, machine);
        Print("quantized", TargetRegistry.Build(quantized, "ort-cpu").Graph, machine);
        Print("depthwise left float", TargetRegistry.Build(mixed, "ort-cpu").Graph, machine);
    }

    private void Print(string variant, Graph model, MachineProfile machine)
    {
        var path = Path.Combine(Path.GetTempPath(), $"cost-model-{Environment.ProcessId}.onnx");
        try
        {
            OnnxWriter.Write(model, path);
            var measured = OrtNodeProfiler.Profile(path, Options, Runs);
            var estimate = TargetRegistry.OrtCpu.Estimate(model, machine)!;
            var milliseconds = measured.Sum(node => node.Milliseconds);
            Console.WriteLine($"{variant}: estimated {estimate.Milliseconds:F2} ms, measured {milliseconds:F2} ms");
            figures.Add(Figure.Less($"kernels, {variant}", milliseconds, "ms", "estimate", estimate.Milliseconds));
            foreach (var group in estimate.Nodes.GroupBy(node => node.Class).OrderBy(group => group.Key))
            {
                Console.WriteLine(
                    $"  estimated {group.Key,-20} {group.Count(),4} kernels "
                    + $"{group.Sum(node => node.Work.Products) / 1e6,9:F2} M {group.Sum(node => node.Milliseconds),8:F3} ms");
            }

            var operators = measured.GroupBy(node => OperatorOf(node, model));
            foreach (var group in operators.OrderByDescending(group => group.Sum(node => node.Milliseconds)))
            {
                Console.WriteLine(
                    $"  measured  {group.Key,-20} {group.Count(),4} kernels {"",11} {group.Sum(node => node.Milliseconds),8:F3} ms");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Depthwise convolutions apart; fusion keeps a convolution's name as the beginning of the kernel's.
    private static string OperatorOf(NodeTiming node, Graph model)
    {
        var origin = model.Nodes
            .Where(candidate => candidate.Is("Conv") && node.Name.StartsWith(candidate.Name, StringComparison.Ordinal))
            .MaxBy(candidate => candidate.Name.Length);
        return origin is not null && node.Operator.Contains("Conv", StringComparison.Ordinal) && origin.Int("group", 1) > 1
            ? $"{node.Operator} depthwise"
            : node.Operator;
    }
}
