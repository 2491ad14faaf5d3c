namespace QatPipeline.Contracts.Specification;

/// <summary>Collection of ranges and post-training quantization.</summary>
public sealed record CalibrationSpecification
{
    /// <summary>Number of images, in the list's order; 0 takes all.</summary>
    [Range(0, 1_000_000)]
    public int Images { get; init; } = 128;

    /// <summary>Images in a forward pass while ranges are collected, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 8;

    /// <summary>The calibration methods to measure, each a pass of evaluation; names as in <see cref="Method"/>.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["max", "percentile", "mse", "entropy"];

    /// <summary>
    /// <c>best</c> takes the ranges that a checkpoint of the network holds, otherwise keeps the method with the highest AP on the selection
    /// images; <c>checkpoint</c> demands such ranges; a method's name collects them anew.
    /// </summary>
    [AllowedValues("best", "max", "percentile", "mse", "entropy", "average-max", "checkpoint")]
    public string Method { get; init; } = "best";

    /// <summary>Percentile of the method of that name.</summary>
    [Range(50.0, 100.0)]
    public double Percentile { get; init; } = 99.99;

    /// <summary>Whether biases are corrected after calibration; the correction is kept only where AP does not fall.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>
    /// Bits of weight codes: 8, or 7, with which integer kernels stay exact on processors without VNNI too; 0 takes 8 for tensorrt, and for
    /// ort-cpu what the profile of <c>build.machine</c> says: 8 with VNNI, 7 without.
    /// </summary>
    [AllowedValues(0, 7, 8)]
    public int WeightBits { get; init; }

    /// <summary>
    /// Axis of the weights [Cin, Cout, kH, kW] of transposed convolutions that has a scale for each index: 0 as TensorRT's integer kernels
    /// take it, or 1. A checkpoint with ranges brings its own.
    /// </summary>
    [AllowedValues(0, 1)]
    public int DeconvolutionAxis { get; init; }
}
