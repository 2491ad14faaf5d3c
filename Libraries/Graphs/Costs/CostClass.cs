namespace QatPipeline.Graphs.Costs;

/// <summary>Kernels that run at one rate.</summary>
public enum CostClass
{
    /// <summary>Float convolution with more than one tap.</summary>
    FloatConvolution,

    /// <summary>Float convolution of one tap, or matrix product.</summary>
    FloatPointwise,

    /// <summary>Float transposed convolution.</summary>
    FloatTransposed,

    /// <summary>Float depthwise convolution.</summary>
    FloatDepthwise,

    /// <summary>8-bit convolution with more than one tap.</summary>
    IntegerConvolution,

    /// <summary>8-bit convolution of one tap, or matrix product.</summary>
    IntegerPointwise,

    /// <summary>8-bit depthwise convolution.</summary>
    IntegerDepthwise,

    /// <summary>QuantizeLinear that no kernel took over.</summary>
    Quantize,

    /// <summary>DequantizeLinear that no kernel took over.</summary>
    Dequantize,

    /// <summary>Float sum or product of tensors, and other operators on each element.</summary>
    FloatElementwise,

    /// <summary>Float activation that no convolution took over.</summary>
    FloatActivation,

    /// <summary>Float pool or reduction.</summary>
    FloatPool,

    /// <summary>Float Resize.</summary>
    FloatResize,

    /// <summary>Concat, Transpose, Slice and their like in float.</summary>
    Move,

    /// <summary>8-bit sum or product of tensors of one size.</summary>
    IntegerElementwise,

    /// <summary>8-bit sum or product of tensors of different sizes.</summary>
    IntegerBroadcast,

    /// <summary>8-bit activation, a table of 256 codes.</summary>
    IntegerActivation,

    /// <summary>Clamp of 8-bit codes.</summary>
    IntegerClamp,

    /// <summary>8-bit pool.</summary>
    IntegerPool,

    /// <summary>Resize of 8-bit codes.</summary>
    IntegerResize,

    /// <summary>Concat, Transpose, Slice and their like on 8-bit codes.</summary>
    IntegerMove,
}
