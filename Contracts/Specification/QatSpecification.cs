namespace QatPipeline.Contracts.Specification;

/// <summary>Quantization-aware training.</summary>
public sealed record QatSpecification
{
    /// <summary>Passes over the training images, 1…1000.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 6;

    /// <summary>Images in a step of the optimizer, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 16;

    /// <summary>
    /// Processes of the published recipe that one stands for here, with profile <c>strict</c>: a step sums the losses of as many batches,
    /// each a share of <see cref="Batch"/>, normalized by its own images and with batch statistics of its own.
    /// </summary>
    [Range(1, 1024)]
    public int Ranks { get; init; } = 1;

    /// <summary>
    /// Processes that share every batch, 1…1024, started by <c>mpiexec</c>; the result is that of one, but for rounding. With the default
    /// profile.
    /// </summary>
    [Range(1, 1024)]
    public int Processes { get; init; } = 1;

    /// <summary>
    /// Where they are, each <c>NAME:PROCESSES</c>, as <c>node1:8</c>; <see cref="Processes"/> is then the sum, or 1 for that. Empty for
    /// the machine that trains.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Whether batch normalization takes the statistics of the whole batch, as one process would, or each process those of its own share,
    /// which spares an exchange for every layer; running statistics are then the mean of all.
    /// </summary>
    public bool SyncBatchNorm { get; init; } = true;

    /// <summary>Learning rate at the start of the schedule.</summary>
    [Range(1e-9, 1.0)]
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Last learning rate as a part of the first, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double FinalLearningRateFactor { get; init; } = 0.01;

    /// <summary>Weight of the channel-wise feature distillation.</summary>
    [Range(0.0, 1e6)]
    public double FeatureDistillation { get; init; } = 1;

    /// <summary>Weight of the distillation of the network's predictions.</summary>
    [Range(0.0, 1e6)]
    public double OutputDistillation { get; init; } = 1;

    /// <summary>Weight of the task loss on the training images' labels; YOLOv6 networks only, others have none.</summary>
    [Range(0.0, 1e6)]
    public double TaskLoss { get; init; } = 1;

    /// <summary>Whether the ranges of activations are trained along with the weights.</summary>
    public bool LearnRanges { get; init; } = true;

    /// <summary><c>adam</c>, or <c>repopt</c>: RepOptimizer with the run's scales, for RepOpt networks.</summary>
    [AllowedValues("adam", "repopt")]
    public string Optimizer { get; init; } = "adam";

    /// <summary>
    /// Probability of composing four images, with profile <c>strict</c>; null takes that of <see cref="TrainSpecification.Mosaic"/>. The
    /// running statistics of batch normalization follow the images: the network's float training must have had the same.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? Mosaic { get; init; }

    /// <summary>
    /// Probability of blending a mosaic with a second one, with profile <c>strict</c>; null takes that of
    /// <see cref="TrainSpecification.Mixup"/>.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? Mixup { get; init; }

    /// <summary><c>default</c> or <c>strict</c>: the sensible settings, or every switch of the reference.</summary>
    [AllowedValues("default", "strict")]
    public string Profile { get; init; } = "default";
}
