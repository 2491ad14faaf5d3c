namespace QatPipeline.Torch.Distillation;

/// <summary>How the fake-quantized network is fine-tuned. Every value is checked when it is set.</summary>
/// <remarks>
/// The step sizes were chosen on YOLOv6-Lite-S (343 images, batch 8): at twice and at four times these, the loss fell more slowly.
/// </remarks>
public sealed record QatOptions
{
    /// <summary>Passes over the training images; at least 1.</summary>
    public int Epochs { get; init => field = AtLeast(value, 1, nameof(Epochs)); } = 6;

    /// <summary>Adam's step size for weights at the start; positive.</summary>
    public double LearningRate { get; init => field = Positive(value, nameof(LearningRate)); } = 1e-4;

    /// <summary>Adam's step size for the logarithms of learned ranges at the start; positive.</summary>
    public double RangeLearningRate { get; init => field = Positive(value, nameof(RangeLearningRate)); } = 1e-3;

    /// <summary>Share of the step size that the cosine schedule ends at; 0…1.</summary>
    public double FinalLearningRate { get; init => field = Share(value, nameof(FinalLearningRate)); } = 0.01;

    /// <summary>Steps over which the step size rises to its start value; 0 for none.</summary>
    public int WarmupSteps { get; init => field = AtLeast(value, 0, nameof(WarmupSteps)); } = 10;

    /// <summary>Adam's β₁ and β₂; each 0…1.</summary>
    public double Momentum { get; init => field = Share(value, nameof(Momentum)); } = 0.9;

    /// <inheritdoc cref="Momentum"/>
    public double SecondMomentum { get; init => field = Share(value, nameof(SecondMomentum)); } = 0.999;

    /// <summary>Largest norm of all gradients together; positive.</summary>
    public double GradientClip { get; init => field = Positive(value, nameof(GradientClip)); } = 10;

    /// <summary>Share of the past in the moving average of the weights, after many steps; 0…1.</summary>
    public double AverageDecay { get; init => field = Share(value, nameof(AverageDecay)); } = 0.98;

    /// <summary>Whether activation ranges are trained (learned step size); otherwise they stay as calibrated.</summary>
    public bool LearnsRanges { get; init; } = true;

    /// <summary>
    /// Whether weight ranges follow the weights' largest magnitudes; otherwise they stay, and weights beyond them are clipped.
    /// </summary>
    public bool RefreshesWeightRanges { get; init; } = true;

    /// <summary>Share of the epochs, at the end, in which batch normalization uses its running statistics; 0…1.</summary>
    public double FrozenBatchNormShare { get; init => field = Share(value, nameof(FrozenBatchNormShare)); } = 0.5;

    /// <summary>Weight of channel-wise feature distillation; 0 for none.</summary>
    public double FeatureWeight { get; init => field = NotNegative(value, nameof(FeatureWeight)); } = 1;

    /// <summary>Weight of the divergence of class probabilities; 0 for none.</summary>
    public double ProbabilityWeight { get; init => field = NotNegative(value, nameof(ProbabilityWeight)); } = 1;

    /// <summary>Weight of the difference of boxes; 0 for none.</summary>
    public double RegressionWeight { get; init => field = NotNegative(value, nameof(RegressionWeight)); } = 1;

    /// <summary>Where student and teacher are compared; null to find the places by the graph's structure.</summary>
    public DistillationTargets? Targets { get; init; }

    /// <summary>
    /// Scores of two epochs that differ by no more than this count as equal, and the later epoch is kept: its loss is the lower one, while
    /// AP on a few hundred images moves by this much from noise alone. 0…1.
    /// </summary>
    public double ScoreTolerance { get; init => field = Share(value, nameof(ScoreTolerance)); } = 0.005;

    /// <summary>Steps between checkpoints; the end of an epoch always has one. At least 1.</summary>
    public int CheckpointSteps { get; init => field = AtLeast(value, 1, nameof(CheckpointSteps)); } = 50;

    /// <summary>Epochs at the start in which batch normalization is live.</summary>
    internal int BatchStatisticsEpochs => (int)Math.Round(Epochs * (1 - FrozenBatchNormShare), MidpointRounding.AwayFromZero);

    private static int AtLeast(int value, int minimum, string key) =>
        value >= minimum ? value : throw new ArgumentOutOfRangeException(key, value, $"{key} must be at least {minimum}.");

    private static double Positive(double value, string key) =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(key, value, $"{key} must be a positive number.");

    private static double NotNegative(double value, string key) =>
        double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(key, value, $"{key} must not be negative.");

    private static double Share(double value, string key) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(key, value, $"{key} must be 0…1.");
}
