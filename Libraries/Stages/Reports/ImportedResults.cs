using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>tensorrt-results.json: what was measured with a run's delivery on another machine, checked and brought back.</summary>
public sealed record ImportedResults
{
    /// <summary>The version of TensorRT, such as <c>10.13.3</c>.</summary>
    public required string TensorRt { get; init; }

    /// <summary>The GPU; empty where it was not told.</summary>
    public required string Gpu { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>The engines that were built there.</summary>
    public required IReadOnlyList<ImportedEngine> Engines { get; init; }
}

/// <summary>An engine that was built elsewhere.</summary>
/// <param name="Variant">See <see cref="TensorRtEngineName.Variant"/>.</param>
/// <param name="Sha256">SHA-256 of the engine.</param>
/// <param name="Command">The command line that built it.</param>
/// <param name="Timing">Its timing, as trtexec printed it.</param>
/// <param name="Evaluation">Its figures on the run's validation images; null where it brought no detections.</param>
/// <param name="Agreement">How far its detections are from its simulation's; null without detections, and for float engines.</param>
public sealed record ImportedEngine(
    string Variant, string Sha256, string Command, EngineTiming Timing, VariantEvaluation? Evaluation, DetectionAgreement? Agreement);
