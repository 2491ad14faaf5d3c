using QatPipeline.Pipeline.Evaluation;

namespace QatPipeline.Pipeline.Reporting;

/// <summary>report.json: what the run cost and what it won.</summary>
public sealed record RunReport
{
    public required string RunId { get; init; }

    public required string Name { get; init; }

    public required string Target { get; init; }

    /// <summary>The machine that built and timed the engines; empty where the run was given them.</summary>
    public required string Machine { get; init; }

    public required IReadOnlyList<VariantResult> Results { get; init; }

    public required EvaluationReport Evaluation { get; init; }

    /// <summary>calibration-report.json: AP of every calibration method, layer errors, the search's decisions.</summary>
    public System.Text.Json.JsonElement? Calibration { get; init; }

    /// <summary>float-training-history.json, where the run trained the float network.</summary>
    public System.Text.Json.JsonElement? FloatTraining { get; init; }

    /// <summary>training-history.json: loss and AP of every epoch.</summary>
    public System.Text.Json.JsonElement? Training { get; init; }

    public required IReadOnlyList<StageSummary> Stages { get; init; }
}

/// <summary>One row of the comparison table. AP in 0…1, times in milliseconds, throughput in images per second.</summary>
public sealed record VariantResult
{
    public required string Variant { get; init; }

    public required string Target { get; init; }

    /// <summary><c>fp32</c> or <c>int8</c>.</summary>
    public required string Precision { get; init; }

    public required int InputSize { get; init; }

    public required string Protocol { get; init; }

    public required double Ap { get; init; }

    public required double Ap50 { get; init; }

    /// <summary>AP minus the float graph's, and the ends of its interval; null for the float graph.</summary>
    public double? ApDelta { get; init; }

    public double? ApDeltaLow { get; init; }

    public double? ApDeltaHigh { get; init; }

    public double? MedianMsBatch1 { get; init; }

    public double? P99MsBatch1 { get; init; }

    public double? FpsBatch1 { get; init; }

    public double? FpsBatch32 { get; init; }

    /// <summary>SHA-256 of the artifact that is this variant.</summary>
    public required string Digest { get; init; }
}

/// <summary>A stage of the run: its key, whether an earlier run's result was reused, seconds of its own work, and its artifacts.</summary>
public sealed record StageSummary(
    string Stage, string Key, bool Reused, double Seconds, string Host, IReadOnlyList<ArtifactSummary> Inputs, IReadOnlyList<ArtifactSummary> Outputs);

public sealed record ArtifactSummary(string Name, string Sha256, long Size);
