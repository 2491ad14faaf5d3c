using QatPipeline.Graphs.Costs;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>What kind of kernel an operator runs in on ONNX Runtime's CPU provider, and what that costs.</summary>
internal static class OrtCpuKernels
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>
    /// The kind of kernel; null where the operator costs nothing: it only renames values, or another kernel does its work.
    /// </summary>
    /// <param name="graph">With shapes.</param>
    /// <param name="links">Of the graph.</param>
    /// <param name="node">Its operator.</param>
    /// <param name="isInteger">Whether it runs on 8-bit codes.</param>
    public static CostClass? ClassOf(Graph graph, GraphLinks links, Node node, bool isInteger) => node.OpType switch
    {
        "Constant" or "Identity" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Shape" => null,
        "Conv" or "ConvTranspose" or "Gemm" or "MatMul" => (LayerWork.IsDepthwise(graph, node), isInteger) switch
        {
            (true, true) => CostClass.IntegerDepthwise,
            (true, false) => CostClass.FloatDepthwise,
            (false, true) => CostClass.IntegerConvolution,
            (false, false) => CostClass.FloatConvolution,
        },
        "Resize" when isInteger => CostClass.IntegerResize,
        "Clip" when isInteger => CostClass.IntegerClamp,
        "Add" or "Mul" when isInteger && node.Inputs.Count == 2 && IsBroadcast(graph, node) => CostClass.IntegerBroadcast,
        "Concat" or "Transpose" or "Slice" or "Split" or "Gather" or "Resize" or "DepthToSpace" or "Pad" or "Expand" or "Tile" =>
            isInteger ? CostClass.IntegerMove : CostClass.Move,
        "Relu" or "LeakyRelu" or "Clip" or "Sigmoid" or "HardSigmoid" or "HardSwish" or "Tanh"
            when !isInteger && FusesIntoConvolution(links, node) => null,
        _ => isInteger ? CostClass.IntegerElementwise : CostClass.FloatElementwise,
    };

    /// <summary>The cost of a kernel of that kind.</summary>
    public static NodeCost CostOf(Graph graph, Node node, CostClass kind)
    {
        var work = WorkOf(graph, node, kind);
        var nanoseconds = kind switch
        {
            CostClass.FloatConvolution => OrtCpuCoefficients.FloatConvolution + (work * OrtCpuCoefficients.FloatProduct)
                + (Inputs(graph, node) * OrtCpuCoefficients.FloatInput) + (Outputs(graph, node) * OrtCpuCoefficients.FloatOutput),
            CostClass.FloatDepthwise => OrtCpuCoefficients.FloatConvolution + (work * OrtCpuCoefficients.FloatDepthwiseProduct)
                + (Outputs(graph, node) * OrtCpuCoefficients.FloatDepthwiseOutput),
            CostClass.IntegerConvolution => OrtCpuCoefficients.IntegerConvolution + IntegerConvolution(graph, node, work),
            CostClass.IntegerDepthwise => OrtCpuCoefficients.IntegerConvolution + IntegerDepthwise(graph, node),
            CostClass.Quantize or CostClass.Dequantize => Conversion(work, kind),
            _ => OrtCpuCoefficients.Kernel + (work * OrtCpuCoefficients.PerElement(kind)),
        };
        return new NodeCost(node.Name, kind, work, nanoseconds / NanosecondsPerMillisecond);
    }

    /// <summary>Nanoseconds to quantize or dequantize a tensor of so many elements.</summary>
    public static double Conversion(long elements, CostClass kind) =>
        OrtCpuCoefficients.Conversion + (elements * OrtCpuCoefficients.PerElement(kind));

    /// <summary>The float convolution kernel applies this activation to its own output.</summary>
    public static bool FusesIntoConvolution(GraphLinks links, Node activation) =>
        links.ProducerOf(activation.Inputs[0]) is { OpType: "Conv" } layer && links.SoleConsumerOf(layer.Outputs[0]) == activation;

    private static double IntegerConvolution(Graph graph, Node node, long macs)
    {
        var (positions, channels, taps) = SizesOf(graph, node);
        var vectors = (channels + OrtCpuCoefficients.Lanes - 1) / OrtCpuCoefficients.Lanes;
        var padded = (double)macs * vectors * OrtCpuCoefficients.Lanes / channels;
        var gather = taps > 1 ? positions * taps * OrtCpuCoefficients.IntegerGather : 0;
        return (padded * OrtCpuCoefficients.IntegerProduct) + (Inputs(graph, node) * OrtCpuCoefficients.IntegerInput)
            + (positions * channels * OrtCpuCoefficients.IntegerOutput) + gather;
    }

    private static double IntegerDepthwise(Graph graph, Node node)
    {
        var (positions, channels, taps) = SizesOf(graph, node);
        var (vectors, rest) = (channels / OrtCpuCoefficients.Lanes, channels % OrtCpuCoefficients.Lanes);
        var perVector = (taps * OrtCpuCoefficients.IntegerDepthwiseTap) + OrtCpuCoefficients.IntegerDepthwiseOutput;
        return positions * ((vectors * perVector) + (rest * taps * OrtCpuCoefficients.IntegerDepthwiseRest));
    }

    /// <summary>
    /// Output positions, output channels and taps of the kernel; a matrix product has one tap and its columns as channels.
    /// </summary>
    private static (long Positions, long Channels, long Taps) SizesOf(Graph graph, Node node)
    {
        var outputs = Outputs(graph, node);
        var shape = LayerWork.ShapeOf(graph, node.Outputs[0]);
        var isConvolution = node.OpType is "Conv" or "ConvTranspose";
        var channels = Math.Max(1, shape is null ? 1 : isConvolution && shape.Length > 1 ? shape[1] : shape[^1]);
        var taps = isConvolution && LayerWork.ShapeOf(graph, node.Input(1)) is { } weight
            ? weight[2..].Aggregate(1L, (product, size) => product * size)
            : 1;
        return (outputs / channels, channels, taps);
    }

    private static bool IsBroadcast(Graph graph, Node node) =>
        LayerWork.ElementsOf(graph, node.Inputs[0]) != LayerWork.ElementsOf(graph, node.Inputs[1]);

    private static long Inputs(Graph graph, Node node) => LayerWork.ElementsOf(graph, node.Inputs[0]);

    private static long Outputs(Graph graph, Node node) =>
        node.Outputs.Where(output => output.Length > 0).Sum(output => LayerWork.ElementsOf(graph, output));

    private static long WorkOf(Graph graph, Node node, CostClass kind) => kind switch
    {
        CostClass.FloatConvolution or CostClass.IntegerConvolution or CostClass.FloatDepthwise or CostClass.IntegerDepthwise =>
            LayerWork.MacsOf(graph, node),

        // The runtime has no HardSwish: it runs HardSigmoid and Mul.
        CostClass.FloatElementwise when node.Is("HardSwish") => 2 * Outputs(graph, node),
        CostClass.FloatElementwise or CostClass.IntegerElementwise
            when node.OpType.StartsWith("Global", StringComparison.Ordinal) || node.OpType.StartsWith("Reduce", StringComparison.Ordinal) =>
            LayerWork.ElementsOf(graph, node.Inputs[0]),
        _ => Outputs(graph, node),
    };
}
