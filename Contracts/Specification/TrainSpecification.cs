namespace QatPipeline.Contracts.Specification;

/// <summary>Float training of a YOLOv6 network.</summary>
public sealed record TrainSpecification
{
    /// <summary>Passes over the training images, 1…10,000.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 300;

    /// <summary>Passes of the search for RepOpt scales, which comes before the training where no scales are given.</summary>
    [Range(0, 10_000)]
    public int HyperSearchEpochs { get; init; }

    /// <summary>Images in a forward pass, 1…4096; see <see cref="NominalBatch"/> for the step of the optimizer.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 32;

    /// <summary>
    /// Processes of a distributed recipe that one stands for here: a step sums the losses of as many batches, each a share of
    /// <see cref="Batch"/>, normalized by its own images and with batch statistics of its own.
    /// </summary>
    [Range(1, 1024)]
    public int Ranks { get; init; } = 1;

    /// <summary>Processes that share every batch, as <see cref="QatSpecification.Processes"/>; hyper-search and training alike.</summary>
    [Range(1, 1024)]
    public int Processes { get; init; } = 1;

    /// <summary>Where they are, as <see cref="QatSpecification.Hosts"/>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Learning rate after the warm-up.</summary>
    [Range(1e-9, 10.0)]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Last learning rate as a part of the first.</summary>
    [Range(0.0, 1.0)]
    public double FinalLearningRateFactor { get; init; } = 0.01;

    /// <summary>Images a step of the optimizer stands for: smaller batches are accumulated to it.</summary>
    [Range(1, 65_536)]
    public int NominalBatch { get; init; } = 64;

    /// <summary>Rising learning rate at the start; at most a tenth of the training.</summary>
    [Range(0.0, 10_000.0)]
    public double WarmUpEpochs { get; init; } = 3;

    /// <summary>Epochs with the ATSS assigner before the task-aligned one.</summary>
    [Range(0, 10_000)]
    public int AtssEpochs { get; init; } = 4;

    /// <summary>Probability of composing four images.</summary>
    [Range(0.0, 1.0)]
    public double Mosaic { get; init; } = 1;

    /// <summary>Probability of blending a mosaic with a second one.</summary>
    [Range(0.0, 1.0)]
    public double Mixup { get; init; }

    /// <summary>Epochs at the end without mosaic and mixup, where the training is longer than that.</summary>
    [Range(0, 10_000)]
    public int PlainEpochs { get; init; } = 15;
}
