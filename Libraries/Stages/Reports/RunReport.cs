namespace QatPipeline.Stages.Reports;

/// <summary>report.json: what the run cost and what it won.</summary>
public sealed record RunReport
{
    /// <summary>Id of the run in the store.</summary>
    public required string RunId { get; init; }

    /// <summary>Name from the specification.</summary>
    public required string Name { get; init; }

    /// <summary>The engine the run was made for: <c>ort-cpu</c> or <c>tensorrt</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The machine that built and timed the engines; empty where the run was given them.</summary>
    public required string Machine { get; init; }

    /// <summary>The comparison table, one row per variant.</summary>
    public required IReadOnlyList<VariantResult> Results { get; init; }

    /// <summary>The full figures behind the table.</summary>
    public required EvaluationReport Evaluation { get; init; }

    /// <summary>calibration-report.json: AP of every calibration method, layer errors, the search's decisions.</summary>
    public CalibrationReport? Calibration { get; init; }

    /// <summary>float-training-history.json, where the run trained the float network.</summary>
    public FloatTrainingHistory? FloatTraining { get; init; }

    /// <summary>training-history.json: loss and AP of every epoch.</summary>
    public TrainingHistory? Training { get; init; }

    /// <summary>In the order of the stages.</summary>
    public required IReadOnlyList<StageSummary> Stages { get; init; }
}

/// <summary>One row of the comparison table. AP in 0…1, times in milliseconds, throughput in images per second.</summary>
public sealed record VariantResult
{
    /// <summary>One of <see cref="Variants"/>.</summary>
    public required string Variant { get; init; }

    /// <summary>The engine the run was made for: <c>ort-cpu</c> or <c>tensorrt</c>.</summary>
    public required string Target { get; init; }

    /// <summary><c>fp32</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Side of the square network input in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Name of the evaluation protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>AP over IoU 0.50…0.95, 0…1.</summary>
    public required double Ap { get; init; }

    /// <summary>AP at IoU 0.50, 0…1.</summary>
    public required double Ap50 { get; init; }

    /// <summary>AP minus the float graph's, and the ends of its interval; null for the float graph.</summary>
    public double? ApDelta { get; init; }

    /// <summary>Lower end of the interval of <see cref="ApDelta"/>.</summary>
    public double? ApDeltaLow { get; init; }

    /// <summary>Upper end of the interval of <see cref="ApDelta"/>.</summary>
    public double? ApDeltaHigh { get; init; }

    /// <summary>Median latency of one image in milliseconds; null where the variant was not timed at batch 1.</summary>
    public double? MedianMsBatch1 { get; init; }

    /// <summary>99th percentile of that latency in milliseconds.</summary>
    public double? P99MsBatch1 { get; init; }

    /// <summary>Images per second at batch 1; null where that was not timed.</summary>
    public double? FpsBatch1 { get; init; }

    /// <summary>Images per second at batch 32; null where that was not timed.</summary>
    public double? FpsBatch32 { get; init; }

    /// <summary>SHA-256 of the artifact that is this variant.</summary>
    public required string Digest { get; init; }
}

/// <summary>A stage of the run: its key, whether an earlier run's result was reused, seconds of its own work, and its artifacts.</summary>
public sealed record StageSummary(
    string Stage, string Key, bool Reused, double Seconds, string Host,
    IReadOnlyList<ArtifactReference> Inputs, IReadOnlyList<ArtifactReference> Outputs);
