using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines;

namespace QatPipeline.Pipeline.Evaluation;

/// <summary>What the evaluate stage found: every variant of the network measured on the same images by the same protocol.</summary>
public sealed record EvaluationReport
{
    public required string Protocol { get; init; }

    public required int InputSize { get; init; }

    public required int LoadSize { get; init; }

    public required int Images { get; init; }

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
    string Variant, CocoMetrics Metrics, IReadOnlyList<CategoryMetrics> PerCategory, ApDifference? AgainstFloat, IReadOnlyList<double> PrecisionAt50);

/// <summary>The variants of a network that a run compares.</summary>
public static class Variants
{
    public const string Float = "float";
    public const string Ptq = "ptq";
    public const string Qat = "qat";
    public const string FloatEngine = "engine-float";
    public const string Int8Engine = "engine-int8";
}
