namespace QatPipeline.Graphs;

/// <summary>
/// Rates of ONNX Runtime's CPU kernels on one thread of an AMD EPYC processor, fitted to profiles of YOLOv6-Lite-S at 320 pixels, float, quantized and with
/// its depthwise convolutions left float; <c>benchmarks/CostModel</c> prints estimate against profile.
/// </summary>
internal static class OrtCpuCoefficients
{
    private const double MillisecondsPerKernel = 0.005;

    public static double Milliseconds(CostClass kind, long work) => MillisecondsPerKernel + (work * 1e-6 * MillisecondsPerMillion(kind));

    private static double MillisecondsPerMillion(CostClass kind) => kind switch
    {
        CostClass.FloatConvolution => 0.038,
        CostClass.IntegerConvolution => 0.032,
        CostClass.FloatDepthwise => 0.101,
        CostClass.IntegerDepthwise => 0.144,
        CostClass.Quantize => 0.48,
        CostClass.Dequantize => 0.36,
        CostClass.FloatElementwise => 0.49,
        CostClass.IntegerElementwise => 2.0,
        CostClass.Layout => 0.7,
        _ => 0.7,
    };
}
