using QatPipeline.Graphs.Costs;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Times of ONNX Runtime 1.31's CPU kernels on one thread of an AMD EPYC processor with AVX2 and without VNNI, in nanoseconds, fitted to
/// the fastest of 100 runs of every kernel of YOLOv6-Lite-S at 320 pixels, float and quantized; <c>benchmarks/CostModel</c> prints estimate
/// against profile.
/// </summary>
internal static class OrtCpuCoefficients
{
    /// <summary>
    /// Starting a kernel; a convolution starts more slowly, and a conversion takes kernels that change the layout with it.
    /// </summary>
    public const double Kernel = 4000, Conversion = 12000, FloatConvolution = 7000, IntegerConvolution = 9000;

    /// <summary>
    /// A multiplication of a float convolution, reading one of its inputs, and writing one of its outputs, activation included.
    /// </summary>
    public const double FloatProduct = 0.0199, FloatInput = 0.19, FloatOutput = 0.07;

    /// <summary>The same of a float depthwise convolution.</summary>
    public const double FloatDepthwiseProduct = 0.0365, FloatDepthwiseOutput = 0.25;

    /// <summary>
    /// An 8-bit multiplication, with output channels counted in whole vectors; reading an input; requantizing an output; gathering the
    /// channels under one tap of the kernel for one position.
    /// </summary>
    public const double IntegerProduct = 0.0091, IntegerInput = 0.086, IntegerOutput = 0.18, IntegerGather = 2.8;

    /// <summary>
    /// 8-bit depthwise convolutions for one position: a vector of channels under one tap, requantizing a vector, and a channel left over
    /// from the last whole vector under one tap, which is computed by itself.
    /// </summary>
    public const double IntegerDepthwiseTap = 0.71, IntegerDepthwiseOutput = 4, IntegerDepthwiseRest = 0.32;

    /// <summary>Channels of a vector.</summary>
    public const int Lanes = 16;

    /// <summary>
    /// An element of each of the other kinds. Quantize and dequantize include what changing the layout costs beside them.
    /// </summary>
    public static double PerElement(CostClass kind) => kind switch
    {
        CostClass.Quantize => 0.35,
        CostClass.Dequantize => 0.3,
        CostClass.FloatElementwise => 0.19,
        CostClass.IntegerElementwise => 0.29,
        CostClass.IntegerClamp => 0.05,
        CostClass.IntegerBroadcast => 1.5,
        CostClass.IntegerResize => 1.7,
        CostClass.IntegerMove => 0.15,
        _ => 0.3,
    };
}
