namespace QatPipeline.Graphs;

/// <summary>
/// Estimates the time of a graph on ONNX Runtime's CPU provider from the kernels predicted for it and its shapes. No clock is involved:
/// the same graph has the same estimate on every machine, so that decisions based on it can be repeated. It ranks variants of one
/// network; absolute times are those of the machine the coefficients were fitted on.
/// </summary>
public static class OrtCpuCostModel
{
    /// <param name="graph">A float graph or the <c>ort-cpu</c> dialect of one; not changed.</param>
    /// <param name="batch">What an open batch dimension counts as.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static CostEstimate Estimate(Graph graph, int batch = 1)
    {
        var shaped = LayerWork.WithShapes(graph, batch);
        var links = shaped.Link();
        var kernels = new OrtCpuFusion(shaped).Kernels.ToDictionary(kernel => kernel.Node, kernel => kernel.Kernel, StringComparer.Ordinal);
        var nodes = new List<NodeCost>();
        foreach (var node in shaped.Nodes)
        {
            if (Classify(shaped, links, kernels, node) is { } kind)
            {
                var work = WorkOf(shaped, node, kind);
                nodes.Add(new NodeCost(node.Name, kind, work, OrtCpuCoefficients.Milliseconds(kind, work)));
                if (kind is CostClass.FloatConvolution or CostClass.FloatDepthwise && links.ProducerOf(node.Inputs[0]) is { OpType: "DequantizeLinear" })
                {
                    var moved = LayerWork.ElementsOf(shaped, node.Inputs[0]) + LayerWork.ElementsOf(shaped, node.Outputs[0]);
                    nodes.Add(new NodeCost(node.Name, CostClass.Layout, moved, OrtCpuCoefficients.Milliseconds(CostClass.Layout, moved)));
                }
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
            case "Constant" or "Identity" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Shape":
                return null;
            case "QuantizeLinear":
                return links.ProducerOf(node.Inputs[0]) is { } producer && KernelOf(producer) != KernelKind.Float ? null : CostClass.Quantize;
            case "DequantizeLinear":
                var needsFloat = links.IsGraphOutput(node.Outputs[0])
                    || links.ConsumersOf(node.Outputs[0]).Any(reader => KernelOf(reader.Node) == KernelKind.Float);
                return needsFloat ? CostClass.Dequantize : null;
            case "Conv" or "ConvTranspose" or "Gemm" or "MatMul":
                return (LayerWork.IsDepthwise(graph, node), isInteger) switch
                {
                    (true, true) => CostClass.IntegerDepthwise,
                    (true, false) => CostClass.FloatDepthwise,
                    (false, true) => CostClass.IntegerConvolution,
                    (false, false) => CostClass.FloatConvolution,
                };
            case "Concat" or "Transpose" or "Slice" or "Split" or "Gather" or "Resize" or "DepthToSpace" or "Pad" or "Expand" or "Tile":
                return CostClass.Move;
            case "Relu" or "LeakyRelu" or "Clip" or "Sigmoid" or "HardSigmoid" or "HardSwish" or "Tanh" when !isInteger && FusesIntoConvolution(links, node):
                return null;
            default:
                return isInteger ? CostClass.IntegerElementwise : CostClass.FloatElementwise;
        }
    }

    // The float convolution kernel applies these activations to its own output.
    private static bool FusesIntoConvolution(GraphLinks links, Node activation) =>
        links.ProducerOf(activation.Inputs[0]) is { OpType: "Conv" } layer && links.SoleConsumerOf(layer.Outputs[0]) == activation;

    private static long WorkOf(Graph graph, Node node, CostClass kind) => kind switch
    {
        CostClass.FloatConvolution or CostClass.IntegerConvolution or CostClass.FloatDepthwise or CostClass.IntegerDepthwise => LayerWork.MacsOf(graph, node),
        // The runtime has no HardSwish: it runs HardSigmoid and Mul.
        CostClass.FloatElementwise when node.Is("HardSwish") => 2 * LayerWork.ElementsOf(graph, node.Outputs[0]),
        CostClass.FloatElementwise or CostClass.IntegerElementwise when node.OpType.StartsWith("Global", StringComparison.Ordinal) || node.OpType.StartsWith("Reduce", StringComparison.Ordinal)
            => LayerWork.ElementsOf(graph, node.Inputs[0]),
        _ => node.Outputs.Where(output => output.Length > 0).Sum(output => LayerWork.ElementsOf(graph, output)),
    };
}
