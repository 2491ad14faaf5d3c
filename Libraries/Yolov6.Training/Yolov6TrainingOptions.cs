using QatPipeline.Yolov6.Training.Losses;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Yolov6.Training;

/// <summary>What the network learns from a teacher.</summary>
public sealed record Yolov6DistillationOptions
{
    /// <summary>Temperature and normalisation of the terms.</summary>
    public DistillationOptions Terms { get; init; } = new();

    /// <summary>Compare the neck's outputs channel by channel as well.</summary>
    public bool Features { get; init; } = true;

    /// <summary>The teacher normalizes by the statistics of the batch instead of its own.</summary>
    public bool TeacherUsesBatchStatistics { get; init; }
}

/// <summary>How a YOLOv6 is trained, float or quantized.</summary>
public sealed record Yolov6TrainingOptions
{
    /// <summary>At least 1.</summary>
    public int Epochs { get; init; } = 400;

    /// <summary>Images of an iteration, of all ranks together: what rates and decay are scaled for.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>
    /// Processes that an iteration stands for (reference 3.7): the batches that are read hold a rank's share of the images, each is
    /// normalized by its own images and has its own batch statistics, and their gradients are summed.
    /// </summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Learning rate, momentum, decay and warm-up.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Weights of the task loss, and how anchors are assigned.</summary>
    public DetectionLossOptions Loss { get; init; } = new();

    /// <summary>Share of the past in the moving average of the weights, after many steps.</summary>
    public double AverageDecay { get; init; } = 0.9999;

    /// <summary>Steps it takes the moving average to get near that share.</summary>
    public double AverageRamp { get; init; } = 2000;

    /// <summary>Train the network fake-quantized.</summary>
    public bool Quantized { get; init; }

    /// <summary>The ranges of weights follow their largest magnitudes; otherwise they stay as calibrated.</summary>
    public bool RefreshesWeightRanges { get; init; } = true;

    /// <summary>Epochs at the end in which batch normalization uses its running statistics.</summary>
    public int FrozenBatchNormEpochs { get; init; }

    /// <summary>Null to learn from labels alone; otherwise a teacher is needed.</summary>
    public Yolov6DistillationOptions? Distillation { get; init; }

    /// <summary>Make the initial weights of a RepOpt network from its scales: for training from scratch.</summary>
    public bool Reinitialize { get; init; }

    /// <summary>Round squares of scales to half precision as the reference's scale files are used.</summary>
    public bool RoundsScaleSquares { get; init; }

    /// <summary>Seed of what training draws itself; the batches have their own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Epochs between evaluations.</summary>
    public int EvaluationInterval { get; init; } = 20;

    /// <summary>Epochs at the end that are all evaluated.</summary>
    public int FinalEvaluations { get; init; } = 50;

    /// <summary>Quantization-aware training with what is sensible for new models (reference 12, right column).</summary>
    public static Yolov6TrainingOptions QuantizationAware { get; } = new()
    {
        Epochs = 10,
        Batch = 128,
        Schedule = ScheduleOptions.QuantizationAware,
        Loss = new DetectionLossOptions { AtssEpochs = 0 },
        Quantized = true,
        FrozenBatchNormEpochs = 3,
        Distillation = new Yolov6DistillationOptions(),
        EvaluationInterval = 1,
    };

    /// <summary>Quantization-aware training as the reference does it, every switch of it (reference 12, middle column).</summary>
    public static Yolov6TrainingOptions StrictQuantizationAware { get; } = QuantizationAware with
    {
        Loss = new DetectionLossOptions { AtssEpochs = 4 },
        RefreshesWeightRanges = false,
        FrozenBatchNormEpochs = 0,
        RoundsScaleSquares = true,
        Distillation = new Yolov6DistillationOptions { Terms = DistillationOptions.Strict, TeacherUsesBatchStatistics = true },
    };

    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    internal void Validate()
    {
        Require(Epochs >= 1, $"{nameof(Epochs)} is {Epochs}; it must be at least 1");
        Require(Batch >= 1, $"{nameof(Batch)} is {Batch}; it must be at least 1");
        Require(Ranks >= 1 && Batch % Ranks == 0, $"{nameof(Ranks)} is {Ranks}; it must divide the {nameof(Batch)} of {Batch} images");
        Require(Schedule.LearningRate > 0, $"{nameof(ScheduleOptions.LearningRate)} is {Schedule.LearningRate}; it must be positive");
        Require(AverageDecay is >= 0 and < 1, $"{nameof(AverageDecay)} is {AverageDecay}; it must lie in [0, 1)");
        Require(AverageRamp > 0, $"{nameof(AverageRamp)} is {AverageRamp}; it must be positive");
        Require(EvaluationInterval >= 1, $"{nameof(EvaluationInterval)} is {EvaluationInterval}; it must be at least 1");
    }

    internal bool IsEvaluated(int epoch) =>
        epoch == Epochs - 1 || (epoch + 1) % EvaluationInterval == 0 || Epochs - epoch <= FinalEvaluations;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise + ".");
        }
    }
}
