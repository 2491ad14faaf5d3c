using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>
/// Computes nodes whose inputs are constants. Quantize and dequantize nodes are left alone on purpose: they carry what an importer
/// needs to see, and every runtime folds them itself.
/// </summary>
internal static class ConstantEvaluator
{
    // A result larger than everything it is made of (Expand, ConstantOfShape) is worth storing only up to this many elements.
    private const long LargestGrowth = 1 << 20;

    private static readonly Dictionary<string, Func<NodeContext, Tensor[], Tensor[]?>> Kernels = new(StringComparer.Ordinal)
    {
        ["Identity"] = Reshaped,
        ["Reshape"] = Reshaped,
        ["Flatten"] = Reshaped,
        ["Squeeze"] = Reshaped,
        ["Unsqueeze"] = Reshaped,
        ["Transpose"] = LayoutKernels.Transpose,
        ["Slice"] = LayoutKernels.Slice,
        ["Split"] = LayoutKernels.Split,
        ["Expand"] = LayoutKernels.Expand,
        ["Tile"] = LayoutKernels.Tile,
        ["GatherElements"] = IndexKernels.GatherElements,
        ["GatherND"] = IndexKernels.GatherND,
        ["ScatterND"] = IndexKernels.ScatterND,
        ["ReduceSum"] = ReductionKernels.Reduce,
        ["ReduceProd"] = ReductionKernels.Reduce,
        ["ReduceMax"] = ReductionKernels.Reduce,
        ["ReduceMin"] = ReductionKernels.Reduce,
        ["ReduceL2"] = ReductionKernels.Reduce,
        ["ReduceMean"] = ReductionKernels.Reduce,
        ["Concat"] = LayoutKernels.Concat,
        ["Gather"] = LayoutKernels.Gather,
        ["Where"] = LayoutKernels.Where,
        ["ConstantOfShape"] = LayoutKernels.ConstantOfShape,
        ["Range"] = ArithmeticKernels.Range,
        ["Cast"] = ArithmeticKernels.Cast,
    };

    /// <summary>The outputs, or null where the node is not one that can be computed here or the result would be too large.</summary>
    public static Tensor[]? Evaluate(NodeContext context, long largestConstant)
    {
        var node = context.Node;
        if (ConstantNode.ValueOf(node) is { } value)
        {
            return [value];
        }

        if (node.Domain.Length > 0 || node.Inputs.Count == 0 || context.Outputs.Any(output => output?.StaticShape is null))
        {
            return null;
        }

        var inputs = Enumerable.Range(0, node.Inputs.Count).Where(context.Has).Select(context.Constant).ToArray();
        if (inputs.Length == 0 || inputs.Contains(null) || !IsAffordable(context, inputs!, largestConstant))
        {
            return null;
        }

        return Kernels.TryGetValue(node.OpType, out var kernel)
            ? kernel(context, inputs!)
            : ArithmeticKernels.Elementwise(context, inputs!);
    }

    private static bool IsAffordable(NodeContext context, Tensor[] inputs, long largestConstant)
    {
        var elements = context.Outputs.Sum(output => output!.StaticShape!.Aggregate(1.0, (product, dimension) => product * dimension));
        var allowed = Math.Min(largestConstant, Math.Max(LargestGrowth, inputs.Sum(tensor => tensor.Length)));
        return elements <= allowed && inputs.All(tensor => tensor.Type.SizeOf() > 0);
    }

    private static Tensor[] Reshaped(NodeContext context, Tensor[] inputs) => [inputs[0].WithDimensions(context.Outputs[0]!.StaticShape!)];
}
