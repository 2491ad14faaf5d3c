using QatPipeline.Graphs.Linting;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>The findings for ONNX Runtime on CPU.</summary>
internal static class OrtCpuLint
{
    public static IEnumerable<LintFinding> Findings(Graph graph, OrtCpuFusion fusion)
    {
        var links = graph.Link();
        var kernels = fusion.Kernels.ToDictionary(prediction => prediction.Node, prediction => prediction.Kernel, StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => kernels.GetValueOrDefault(node.Name) == KernelKind.Float))
        {
            if (StaysFloat(links, fusion, node) is { } finding)
            {
                yield return finding;
            }
        }

        foreach (var node in graph.Nodes.Where(node => node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm")))
        {
            if (fusion.IsWeightQuantizedByRuntime(node))
            {
                yield return new(
                    LintSeverity.Warning,
                    "weight-quantized-by-runtime",
                    [node.Name],
                    $"{node} has a float weight between quantized tensors: "
                        + "the runtime quantizes it by itself, with one scale for the whole weight.",
                    "Quantize the weight per channel, or write the model with `qat optimize --target ort-cpu`, "
                        + "which keeps such layers float.");
            }
        }

        foreach (var finding in OrtCpuBiasLint.Findings(graph, links, fusion)
            .Concat(SharedScaleLint.Findings(graph, links))
            .Concat(RequantizationLint.Findings(graph, links)))
        {
            yield return finding;
        }
    }

    private static LintFinding? StaysFloat(GraphLinks links, OrtCpuFusion fusion, Node node)
    {
        bool IsDequantized(string value) => links.ProducerOf(value) is { } producer && producer.Is("DequantizeLinear");
        var hasWeight = node.Input(1) is { } weight
            && IsDequantized(weight)
            && node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul";
        if (!hasWeight && !(node.Input(0) is { } input && IsDequantized(input)))
        {
            return null;
        }

        var obstacle = fusion.ObstacleOf(node.Name) ?? "its inputs are not quantized";
        var readers = node.Outputs.SelectMany(links.ConsumersOf).Select(reader => reader.Node.Name).Distinct(StringComparer.Ordinal);
        return new(
            hasWeight ? LintSeverity.Warning : LintSeverity.Info,
            "stays-float",
            [node.Name, .. readers],
            $"{node} stays float: {obstacle}.",
            RemedyFor(node, obstacle));
    }

    private static string RemedyFor(Node node, string obstacle) =>
        obstacle.Contains("zero point", StringComparison.Ordinal)
            ? "Use an unsigned range with zero point 0 after the activation: `qat optimize --target ort-cpu`."
        : obstacle.Contains("no integer kernel", StringComparison.Ordinal)
            ? "Leave the layers around it float if that is faster: disable their quantizers."
        : obstacle.Contains("differ", StringComparison.Ordinal)
            ? $"Give both sides of {node} one scale."
        : obstacle.Contains(" times", StringComparison.Ordinal) || obstacle.Contains("in float", StringComparison.Ordinal)
            ? "Quantize the tensor once, and let all its readers read the quantized form."
        : $"Quantize all data inputs and the output of {node}: place quantizers for ort-cpu and calibrate.";
}
