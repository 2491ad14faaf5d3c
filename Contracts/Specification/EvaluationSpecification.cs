namespace QatPipeline.Contracts.Specification;

/// <summary>How AP is measured; the same for every variant of a run.</summary>
public sealed record EvaluationSpecification
{
    /// <summary><c>E1</c>, <c>E2</c> or <c>E3</c>.</summary>
    [AllowedValues("E1", "E2", "E3")]
    public string Protocol { get; init; } = "E2";

    /// <summary>Side images are loaded at before the letterbox; 0 takes the protocol's.</summary>
    [Range(0, 4096)]
    public int LoadSize { get; init; }

    /// <summary>Least score of a detection, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double Confidence { get; init; } = 0.03;

    /// <summary>Overlap above which non-maximum suppression drops the weaker detection, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double Iou { get; init; } = 0.65;

    /// <summary>Most detections kept in an image, the best first.</summary>
    [Range(1, 10_000)]
    public int MaxDetections { get; init; } = 300;

    /// <summary>
    /// Float AP, 0…1, below which a model from a file is not calibrated: it was trained for other classes, or its input or outputs are not
    /// what they were taken for. 0 goes on whatever it is.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MinFloatAp { get; init; } = 0.005;

    /// <summary>Resamples of the paired bootstrap.</summary>
    [Range(0, 100_000)]
    public int BootstrapReplicates { get; init; } = 1000;

    /// <summary>Images in a forward pass of the evaluation, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 8;
}
