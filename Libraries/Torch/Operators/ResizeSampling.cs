namespace QatPipeline.Torch.Operators;

/// <summary>Which input coordinates one resized axis samples (ONNX Resize, <c>coordinate_transformation_mode</c>).</summary>
internal sealed class ResizeSampling(OperatorCall call, long inputSize, long outputSize, float scale)
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
            fraction[index] = clamped - lower[index];
        }

        return (lower, upper, fraction);
    }

    // In float32 as in ONNX Runtime: ties between neighbours fall as they do there.
    // Operator set 10 knew only the asymmetric transformation and rounded down.
    private IEnumerable<float> Coordinates()
    {
        var mode = call.Context.Opset < 11 ? "asymmetric" : call.Node.String("coordinate_transformation_mode", "half_pixel");
        for (var output = 0L; output < outputSize; output++)
        {
            yield return mode switch
            {
                "half_pixel" => ((output + 0.5f) / scale) - 0.5f,
                "half_pixel_symmetric" => HalfPixelSymmetric(output),
                "pytorch_half_pixel" => outputSize > 1 ? ((output + 0.5f) / scale) - 0.5f : 0,
                "align_corners" => outputSize > 1 ? (float)output * (inputSize - 1) / (outputSize - 1) : 0,
                "asymmetric" => output / scale,
                _ => throw call.Unsupported($"coordinate transformation {mode}"),
            };
        }
    }

    private float HalfPixelSymmetric(long output)
    {
        var adjustment = outputSize / (inputSize * scale);
        return (inputSize / 2f * (1 - adjustment)) + ((output + 0.5f) / scale) - 0.5f;
    }

    private long Round(float x, string mode) => (call.Context.Opset < 11 ? "floor" : mode) switch
    {
        "round_prefer_floor" => (long)Math.Ceiling(x - 0.5f),
        "round_prefer_ceil" => (long)Math.Floor(x + 0.5f),
        "floor" => (long)Math.Floor(x),
        "ceil" => (long)Math.Ceiling(x),
        _ => throw call.Unsupported($"nearest mode {mode}"),
    };
}
