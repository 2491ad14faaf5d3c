namespace QatPipeline.Graphs.Targets;

/// <summary>Choices of <see cref="ITarget.Build"/>.</summary>
public sealed record FormOptions
{
    /// <summary>
    /// In TensorRT's explicit form, weights as float constants through QuantizeLinear and DequantizeLinear: the only form TensorRT 8
    /// parses. The constants lie on the quantization grid, so the codes are those trained with. False writes int8 constants behind a
    /// DequantizeLinear, a quarter of the size, for TensorRT 10 and later.
    /// </summary>
    public bool FloatWeights { get; init; } = true;

    /// <summary>The version written into a calibration cache's first line.</summary>
    public string CacheVersion { get; init; } = "8400";
}
