namespace QatPipeline.Detectors.Outputs;

/// <summary>Thresholds of post-processing; the defaults are those of the published evaluation (reference 8.5).</summary>
public sealed record DetectionOptions
{
    /// <summary>In 0…1: a detection's objectness, its class probability and their product, its score, all exceed it.</summary>
    public double Confidence { get; init; } = 0.03;

    /// <summary>Overlap above which the weaker of two boxes of a class is suppressed, in 0…1.</summary>
    public double Iou { get; init; } = 0.65;

    /// <summary>Detections kept per image, the strongest first.</summary>
    public int MaximumDetections { get; init; } = 300;
}
