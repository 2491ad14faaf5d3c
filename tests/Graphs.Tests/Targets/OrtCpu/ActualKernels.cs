using Microsoft.ML.OnnxRuntime;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

/// <summary>
/// Which nodes ONNX Runtime really runs on integers, read off the graph it writes after optimizing at the extended level.
/// </summary>
internal static class ActualKernels
{
    public static Dictionary<string, KernelKind> Of(Graph graph)
    {
        var optimized = Optimize(graph);
        var integers = optimized.Initializers
            .Where(pair => pair.Value.Type is ElementType.Int8 or ElementType.UInt8)
            .Select(pair => pair.Key)
            .ToHashSet();
        var kernels = new Dictionary<string, KernelKind>();
        foreach (var node in optimized.Nodes)
        {
            var isInteger = node.OpType.StartsWith("QLinear", StringComparison.Ordinal)
                || node.OpType is "QuantizeLinear" or "QGemm" or "MatMulIntegerToFloat"
                || (node.Input(0) is { } input && integers.Contains(input) && node.OpType != "DequantizeLinear");
            kernels[node.Name] = isInteger ? KernelKind.Integer : KernelKind.Float;
            if (isInteger)
            {
                integers.UnionWith(node.Outputs);
            }
        }

        return kernels;
    }

    private static Graph Optimize(Graph graph)
    {
        using var folder = new ScratchFolder();
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            OptimizedModelFilePath = folder.PathOf("optimized.onnx"),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using (new InferenceSession(OnnxWriter.WriteBytes(graph), options))
        {
            return OnnxReader.Read(options.OptimizedModelFilePath);
        }
    }
}
