namespace QatPipeline.Pipeline.Torch.Calibration;

/// <summary>calibration-report.json: what post-training quantization tried and why it chose as it did.</summary>
public sealed record CalibrationReport
{
    public required int Images { get; init; }

    /// <summary>SHA-256 over the digests of the calibration images, in order.</summary>
    public required string ListSha256 { get; init; }

    /// <summary>AP of the float graph on the calibration images and on the validation images.</summary>
    public required MethodFigures Float { get; init; }

    public required IReadOnlyList<MethodFigures> Methods { get; init; }

    public required string ChosenMethod { get; init; }

    public required string Reason { get; init; }

    public required IReadOnlyList<RangeSummary> Quantizers { get; init; }
}

/// <summary>AP of one calibration method: on the images it is chosen by, and on those it is judged by.</summary>
public sealed record MethodFigures(string Method, double SelectionAp, double ValidationAp);

/// <summary>The range every method would give a quantizer, and the histogram it comes from.</summary>
public sealed record RangeSummary(string Name, string Scheme, bool Enabled, double Low, double High, IReadOnlyDictionary<string, double> AmaxByMethod);
