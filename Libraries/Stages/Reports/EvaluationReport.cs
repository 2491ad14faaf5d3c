using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Stages.Reports;

/// <summary>What the evaluate stage found: every variant of the network measured on the same images by the same protocol.</summary>
public sealed record EvaluationReport
{
    /// <summary>Name of the protocol, by which images were loaded and letterboxed.</summary>
    public required string Protocol { get; init; }

    /// <summary>Side of the square network input in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Side that images were loaded at before the letterbox, in pixels.</summary>
    public required int LoadSize { get; init; }

    /// <summary>Number of validation images.</summary>
    public required int Images { get; init; }

    /// <summary>One entry for each variant that the run has.</summary>
    public required IReadOnlyList<VariantEvaluation> Variants { get; init; }

    /// <summary>How far the INT8 engine's detections are from those of the fake-quantized graph it was built from.</summary>
    public required DetectionAgreement Agreement { get; init; }

    /// <summary>Every quantized tensor of the INT8 engine against its simulation, in order of execution.</summary>
    public required IReadOnlyList<TensorAgreement> Tensors { get; init; }
}

/// <summary>One variant's figures.</summary>
/// <param name="Variant">One of <see cref="Variants"/>.</param>
/// <param name="Metrics">The twelve COCO figures.</param>
/// <param name="PerCategory">AP by category.</param>
/// <param name="AgainstFloat">AP minus the float graph's, with its interval; null for the float graph itself.</param>
/// <param name="PrecisionAt50">Precision at the 101 recall thresholds at IoU 0.5, mean over categories.</param>
public sealed record VariantEvaluation(
    string Variant, CocoMetrics Metrics, IReadOnlyList<CategoryMetrics> PerCategory,
    ApDifference? AgainstFloat, IReadOnlyList<double> PrecisionAt50);
