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

    /// <summary>All targets of the run, <see cref="Target"/> first.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The machine that built and timed the engines; empty where the run was given them.</summary>
    public required string Machine { get; init; }

    /// <summary>The comparison table, one row per variant.</summary>
    public required IReadOnlyList<VariantResult> Results { get; init; }

    /// <summary>The full figures behind the table.</summary>
    public required EvaluationReport Evaluation { get; init; }

    /// <summary>tensorrt-build.json: the TensorRT engines and how they are built, where the run has that target.</summary>
    public TensorRtBuild? TensorRt { get; init; }

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
    /// <summary>One of <see cref="Variants"/>, or a TensorRT engine such as <c>tensorrt-int8.b32</c>.</summary>
    public required string Variant { get; init; }

    /// <summary>The target whose scheme it computes in: <c>ort-cpu</c> or <c>tensorrt</c>.</summary>
    public required string Target { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>False for the float network and for simulations, which have no speed of their own.</summary>
    public required bool IsEngine { get; init; }

    /// <summary>The one batch that the engine takes; null where it takes any, or is no engine.</summary>
    public int? Batch { get; init; }

    /// <summary>Side of the square network input in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Name of the evaluation protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>AP over IoU 0.50…0.95, 0…1; null where it was not measured: <see cref="Remark"/> says why.</summary>
    public double? Ap { get; init; }

    /// <summary>AP at IoU 0.50, 0…1; null where it was not measured.</summary>
    public double? Ap50 { get; init; }

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

    /// <summary>SHA-256 of the file that is this variant; null where it was not built.</summary>
    public string? Digest { get; init; }

    /// <summary>What the speed was measured with: back end, version, and machine where it is not <see cref="RunReport.Machine"/>.</summary>
    public string? Environment { get; init; }

    /// <summary>Why a figure is missing, or where it comes from; null where there is nothing to say.</summary>
    public string? Remark { get; init; }
}

/// <summary>
/// A stage of the run: its key, whether an earlier run's result was reused, seconds of its own work, its artifacts, and how many processes
/// shared the work.
/// </summary>
public sealed record StageSummary(
    string Stage, string Key, bool Reused, double Seconds, string Host,
    IReadOnlyList<ArtifactReference> Inputs, IReadOnlyList<ArtifactReference> Outputs, int Processes = 1);
