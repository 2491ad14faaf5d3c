using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Estimates the time of a graph on ONNX Runtime's CPU provider from the kernels predicted for it and its shapes. No clock is involved:
/// the same graph has the same estimate for the same profile everywhere, so that decisions based on it can be repeated. It ranks variants of
/// one network; absolute times are those of the machine that the profile was measured on.
/// </summary>
internal static class OrtCpuCostModel
{
    /// <param name="graph">A float graph or the <c>ort-cpu</c> form of one; not changed.</param>
    /// <param name="machine">What kernels cost.</param>
    /// <param name="batch">What an open batch dimension counts as.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static CostEstimate Estimate(Graph graph, MachineProfile machine, int batch = 1)
    {
        var shaped = LayerWork.WithShapes(graph, batch);
        var links = shaped.Link();
        var kernels = new OrtCpuFusion(shaped).Kernels.ToDictionary(kernel => kernel.Node, kernel => kernel.Kernel, StringComparer.Ordinal);
        var nodes = new List<NodeCost>();
        foreach (var node in shaped.Nodes)
        {
            if (Classify(shaped, links, kernels, node) is { } kind)
            {
                nodes.Add(OrtCpuKernels.CostOf(machine, shaped, node, kind));
            }
        }

        return new CostEstimate(nodes.Sum(node => node.Milliseconds), nodes);
    }

    private static CostClass? Classify(Graph graph, GraphLinks links, Dictionary<string, KernelKind> kernels, Node node)
    {
        KernelKind KernelOf(Node other) => kernels.GetValueOrDefault(other.Name, KernelKind.Float);

        var isInteger = KernelOf(node) == KernelKind.Integer;
        if (KernelOf(node) == KernelKind.Absorbed || graph.Initializers.ContainsKey(node.Input(0) ?? ""))
        {
            return null;
        }

        switch (node.OpType)
        {
            case "QuantizeLinear":
                return links.ProducerOf(node.Inputs[0]) is { } producer && KernelOf(producer) != KernelKind.Float
                    ? null
                    : CostClass.Quantize;
            case "DequantizeLinear":
                var needsFloat = links.IsGraphOutput(node.Outputs[0])
                    || links.ConsumersOf(node.Outputs[0]).Any(reader => KernelOf(reader.Node) == KernelKind.Float);
                return needsFloat ? CostClass.Dequantize : null;
            default:
                return OrtCpuKernels.ClassOf(graph, links, node, isInteger);
        }
    }
}
