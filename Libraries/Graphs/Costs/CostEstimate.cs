namespace QatPipeline.Graphs.Costs;

/// <summary>What one kernel is estimated to cost.</summary>
/// <param name="Node">The node in the deployed graph.</param>
/// <param name="Class">The kind of kernel, which has a coefficient of its own.</param>
/// <param name="Work">Multiplications or elements.</param>
/// <param name="Milliseconds">Estimated time of one run.</param>
public sealed record NodeCost(string Node, CostClass Class, long Work, double Milliseconds);

/// <summary>What a graph is estimated to cost.</summary>
/// <param name="Milliseconds">The sum over its kernels.</param>
/// <param name="Nodes">The kernels, in execution order; nodes that cost nothing are left out.</param>
public sealed record CostEstimate(double Milliseconds, IReadOnlyList<NodeCost> Nodes);

/// <summary>Kernels that run at one rate.</summary>
public enum CostClass
{
    /// <summary>Float convolution or matrix product, by multiplications.</summary>
    FloatConvolution,

    /// <summary>8-bit convolution or matrix product, by multiplications.</summary>
    IntegerConvolution,

    /// <summary>Float depthwise convolution, by multiplications.</summary>
    FloatDepthwise,

    /// <summary>8-bit depthwise convolution, by multiplications.</summary>
    IntegerDepthwise,

    /// <summary>QuantizeLinear that no kernel took over, by elements.</summary>
    Quantize,

    /// <summary>DequantizeLinear that no kernel took over, by elements.</summary>
    Dequantize,

    /// <summary>Float operator on each element: activations, sums, products, pools, by output elements.</summary>
    FloatElementwise,

    /// <summary>8-bit operator on each element, by output elements.</summary>
    IntegerElementwise,

    /// <summary>Concat, Transpose, Slice and their like in float, by output elements.</summary>
    Move,

    /// <summary>The same on 8-bit codes.</summary>
    IntegerMove,

    /// <summary>Clamp of 8-bit codes, by output elements.</summary>
    IntegerClamp,

    /// <summary>8-bit sum or product of tensors of different sizes, by output elements.</summary>
    IntegerBroadcast,

    /// <summary>Resize of 8-bit codes, by output elements.</summary>
    IntegerResize,
}
