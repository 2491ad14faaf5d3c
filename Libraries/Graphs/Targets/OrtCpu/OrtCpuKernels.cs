using QatPipeline.Graphs.Costs;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>What kind of kernel an operator runs in on ONNX Runtime's CPU provider, and what that kernel has to do.</summary>
internal static class OrtCpuKernels
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>Channels of a vector of 8-bit kernels.</summary>
    private const int Lanes = 16;

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
        "Conv" or "ConvTranspose" or "Gemm" or "MatMul" => LayerClassOf(graph, node, isInteger),
        "Clip" when isInteger => CostClass.IntegerClamp,
        "Add" or "Mul" when isInteger && node.Inputs.Count == 2 && IsBroadcast(graph, node) => CostClass.IntegerBroadcast,
        "Resize" => isInteger ? CostClass.IntegerResize : CostClass.FloatResize,
        "Concat" or "Transpose" or "Slice" or "Split" or "Gather" or "DepthToSpace" or "Pad" or "Expand" or "Tile" =>
            isInteger ? CostClass.IntegerMove : CostClass.Move,
        "Relu" or "LeakyRelu" or "Clip" or "Sigmoid" or "HardSigmoid" or "HardSwish" or "Tanh" when !isInteger =>
            FusesIntoConvolution(links, node) ? null : CostClass.FloatActivation,
        "Sigmoid" or "LeakyRelu" => CostClass.IntegerActivation,
        _ when IsPool(node) => isInteger ? CostClass.IntegerPool : CostClass.FloatPool,
        _ => isInteger ? CostClass.IntegerElementwise : CostClass.FloatElementwise,
    };

    /// <summary>The cost of a kernel of that kind on a machine.</summary>
    public static NodeCost CostOf(MachineProfile machine, Graph graph, Node node, CostClass kind)
    {
        var work = WorkOf(graph, node, kind);
        return new NodeCost(node.Name, kind, work, machine.NanosecondsOf(kind, work) / NanosecondsPerMillisecond);
    }

    /// <summary>Nanoseconds to quantize or dequantize a tensor of so many elements.</summary>
    public static double Conversion(MachineProfile machine, long elements, CostClass kind) =>
        machine.NanosecondsOf(kind, new KernelWork(0, 0, elements));

    /// <summary>The float convolution kernel applies this activation to its own output.</summary>
    public static bool FusesIntoConvolution(GraphLinks links, Node activation) =>
        links.ProducerOf(activation.Inputs[0]) is { OpType: "Conv" } layer && links.SoleConsumerOf(layer.Outputs[0]) == activation;

    private static CostClass LayerClassOf(Graph graph, Node node, bool isInteger) => (SizesOf(graph, node).Taps, isInteger) switch
    {
        (_, var integer) when LayerWork.IsDepthwise(graph, node) => integer ? CostClass.IntegerDepthwise : CostClass.FloatDepthwise,
        (_, false) when node.Is("ConvTranspose") => CostClass.FloatTransposed,
        (1, var integer) => integer ? CostClass.IntegerPointwise : CostClass.FloatPointwise,
        (_, var integer) => integer ? CostClass.IntegerConvolution : CostClass.FloatConvolution,
    };

    private static KernelWork WorkOf(Graph graph, Node node, CostClass kind)
    {
        var (inputs, outputs) = (LayerWork.ElementsOf(graph, node.Inputs[0]), Outputs(graph, node));
        switch (kind)
        {
            case CostClass.FloatConvolution or CostClass.FloatPointwise or CostClass.FloatTransposed or CostClass.FloatDepthwise:
                return new KernelWork(LayerWork.MacsOf(graph, node), inputs, outputs);
            case CostClass.IntegerConvolution or CostClass.IntegerPointwise:
                return Integer(graph, node, inputs, outputs);
            case CostClass.IntegerDepthwise:
                return IntegerDepthwise(graph, node);
            case CostClass.FloatPool or CostClass.IntegerPool:
                // A pool over everything is a pass over its input.
                return node.Ints("kernel_shape") is { } window
                    ? new KernelWork(outputs * window.Aggregate(1L, (product, size) => product * size), 0, outputs)
                    : new KernelWork(0, inputs, 0);
            default:
                // The runtime has no HardSwish: it runs HardSigmoid and Mul.
                return new KernelWork(0, 0, kind == CostClass.FloatActivation && node.Is("HardSwish") ? 2 * outputs : outputs);
        }
    }

    private static KernelWork Integer(Graph graph, Node node, long inputs, long outputs)
    {
        var (positions, channels, taps) = SizesOf(graph, node);
        var vectors = (channels + Lanes - 1) / Lanes;
        var padded = (double)LayerWork.MacsOf(graph, node) * vectors * Lanes / channels;
        return new KernelWork(padded, inputs, outputs, taps > 1 ? positions * taps : 0);
    }

    private static KernelWork IntegerDepthwise(Graph graph, Node node)
    {
        var (positions, channels, taps) = SizesOf(graph, node);
        var (vectors, rest) = (channels / Lanes, channels % Lanes);
        return new KernelWork(positions * vectors * taps, 0, positions * vectors, positions * rest * taps);
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

    private static bool IsPool(Node node) =>
        node.OpType.EndsWith("Pool", StringComparison.Ordinal) || node.OpType.StartsWith("Reduce", StringComparison.Ordinal);

    private static bool IsBroadcast(Graph graph, Node node) =>
        LayerWork.ElementsOf(graph, node.Inputs[0]) != LayerWork.ElementsOf(graph, node.Inputs[1]);

    private static long Outputs(Graph graph, Node node) =>
        node.Outputs.Where(output => output.Length > 0).Sum(output => LayerWork.ElementsOf(graph, output));
}
