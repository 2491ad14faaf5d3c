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

    /// <summary>How the INT8 engines agree with what they were built from; one entry for each.</summary>
    public required IReadOnlyList<EngineAgreement> Agreements { get; init; }
}

/// <summary>How an INT8 engine agrees with its simulation.</summary>
/// <param name="Variant">The engine: one of <see cref="Variants"/> or <see cref="TensorRtEngineName.Variant"/>.</param>
/// <param name="Target">The target that it is for.</param>
/// <param name="Detections">How far its detections are from those of the graph it was built from, fake-quantized.</param>
/// <param name="Tensors">Its quantized tensors against their simulation, in order of execution; none where they cannot be seen.</param>
public sealed record EngineAgreement(
    string Variant, string Target, DetectionAgreement Detections, IReadOnlyList<TensorAgreement> Tensors);

/// <summary>One variant's figures.</summary>
/// <param name="Variant">One of <see cref="Variants"/>, or <see cref="TensorRtEngineName.Variant"/>.</param>
/// <param name="Metrics">The twelve COCO figures.</param>
/// <param name="PerCategory">AP by category.</param>
/// <param name="AgainstFloat">AP minus the float graph's, with its interval; null for the float graph itself.</param>
/// <param name="PrecisionAt50">Precision at the 101 recall thresholds at IoU 0.5, mean over categories.</param>
public sealed record VariantEvaluation(
    string Variant, CocoMetrics Metrics, IReadOnlyList<CategoryMetrics> PerCategory,
    ApDifference? AgainstFloat, IReadOnlyList<double> PrecisionAt50);
