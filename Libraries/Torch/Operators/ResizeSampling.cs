namespace QatPipeline.Torch.Operators;

/// <summary>Which input coordinates one resized axis samples (ONNX Resize, <c>coordinate_transformation_mode</c>).</summary>
internal sealed class ResizeSampling(OperatorCall call, long inputSize, long outputSize, double scale)
{
    /// <summary>The picked input index of every output index.</summary>
    public long[] Nearest()
    {
        var mode = call.Node.String("nearest_mode", "round_prefer_floor");
        return [.. Coordinates().Select(x => Math.Clamp(Round(x, mode), 0, inputSize - 1))];
    }

    /// <summary>The two neighbours of every output index and the weight of the upper one.</summary>
    public (long[] Lower, long[] Upper, float[] Fraction) Linear()
    {
        var (lower, upper, fraction) = (new long[outputSize], new long[outputSize], new float[outputSize]);
        foreach (var (index, x) in Coordinates().Index())
        {
            var clamped = Math.Clamp(x, 0, inputSize - 1);
            lower[index] = (long)Math.Floor(clamped);
            upper[index] = Math.Min(lower[index] + 1, inputSize - 1);
            fraction[index] = (float)(clamped - lower[index]);
        }

        return (lower, upper, fraction);
    }

    // Operator set 10 knew only the asymmetric transformation and rounded down.
    private IEnumerable<double> Coordinates()
    {
        var mode = call.Context.Opset < 11 ? "asymmetric" : call.Node.String("coordinate_transformation_mode", "half_pixel");
        for (var output = 0L; output < outputSize; output++)
        {
            yield return mode switch
            {
                "half_pixel" => ((output + 0.5) / scale) - 0.5,
                "half_pixel_symmetric" => HalfPixelSymmetric(output),
                "pytorch_half_pixel" => outputSize > 1 ? ((output + 0.5) / scale) - 0.5 : 0,
                "align_corners" => outputSize > 1 ? output * (inputSize - 1.0) / (outputSize - 1) : 0,
                "asymmetric" => output / scale,
                _ => throw call.Unsupported($"coordinate transformation {mode}"),
            };
        }
    }

    private double HalfPixelSymmetric(long output)
    {
        var adjustment = outputSize / (inputSize * scale);
        return (inputSize / 2.0 * (1 - adjustment)) + ((output + 0.5) / scale) - 0.5;
    }

    private long Round(double x, string mode) => (call.Context.Opset < 11 ? "floor" : mode) switch
    {
        "round_prefer_floor" => (long)Math.Ceiling(x - 0.5),
        "round_prefer_ceil" => (long)Math.Floor(x + 0.5),
        "floor" => (long)Math.Floor(x),
        "ceil" => (long)Math.Ceiling(x),
        _ => throw call.Unsupported($"nearest mode {mode}"),
    };
}
