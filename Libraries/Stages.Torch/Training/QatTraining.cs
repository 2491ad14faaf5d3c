using QatPipeline.Coco.Augmentation;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Training.Losses;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>The two profiles of quantization-aware training.</summary>
internal static class QatTraining
{
    /// <summary>The training's checkpoint in its stage's store.</summary>
    public const string Checkpoint = "qat.checkpoint";

    private const string RepOpt = "repopt";

    /// <summary>Trains to the end, from the store's checkpoint where there is one.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="inputs">Its own.</param>
    /// <param name="callbacks">What is called on its way.</param>
    /// <param name="store">Keeps its checkpoint.</param>
    /// <param name="ranks">Those that share each batch; with the strict profile, this process alone.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    public static async Task<TrainingResult> RunAsync(
        IStageContext context,
        QatInputs inputs,
        TrainingCallbacks callbacks,
        ITrainingStore store,
        ICollective ranks,
        CancellationToken cancellationToken)
    {
        var (trainer, batches) = await StartAsync(context, inputs, ranks, cancellationToken);
        using (trainer)
        {
            var stage = new TrainingStage(Checkpoint, batches, callbacks.Evaluate, callbacks.Progress, callbacks.Baseline);
            return await stage.RunAsync(trainer, store, cancellationToken);
        }
    }

    /// <summary>The profile's trainer, at its first step, and what it trains on.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="inputs">Its own.</param>
    /// <param name="ranks">Those that share each batch; with the strict profile, this process alone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<(Trainer Trainer, ITrainingBatches Batches)> StartAsync(
        IStageContext context, QatInputs inputs, ICollective ranks, CancellationToken cancellationToken)
    {
        var (teacher, calibrated, evaluation) = inputs;
        var specification = context.Specification;
        var scales = ScalesOf(specification) is { } artifact
            ? RepScales.From(CheckpointFile.Read(await context.OpenInputAsync(artifact, cancellationToken)))
            : null;
        if (IsStrict(specification))
        {
            var augmented = await AugmentedAsync(context, evaluation, cancellationToken);
            return (Yolov6Training.Start(calibrated, StrictOptionsOf(specification), scales, teacher), augmented);
        }

        var truth = UsesLabels(specification) ? await LabelledImages.ReadTruthAsync(context, cancellationToken) : null;
        truth = truth?.Annotations.Count > 0 ? truth : null;
        return (
            Distillation(specification, calibrated, teacher, scales, hasLabels: truth is not null, ranks),
            new DistillationBatches(
                evaluation.Run.Images, specification, evaluation.Index.Training, evaluation.Run.Protocol, ranks, truth));
    }

    public static bool IsStrict(RunSpecification specification) => specification.Qat is { Profile: "strict" };

    /// <summary>Whether the training reads the labels of its images.</summary>
    public static bool UsesLabels(RunSpecification specification) =>
        DatasetStage.HasTrainingLabels(specification) && (IsStrict(specification) || specification.Qat!.TaskLoss > 0);

    /// <summary>The artifact with the scales that RepOptimizer trains with; null without it, or where the run has none.</summary>
    public static string? ScalesOf(RunSpecification specification) => specification switch
    {
        { Qat: not ({ Profile: "strict" } or { Optimizer: RepOpt }) } => null,
        { Model.Yolov6: not { Form: RepOpt } } => null,
        { Train: not null } => ArtifactNames.TrainedScales,
        { Model.Yolov6.Scales: not null } => ArtifactNames.ModelScales,
        _ => null,
    };

    /// <summary>The options of the run's trainer, defaults included.</summary>
    public static object AllOptionsOf(RunSpecification specification)
    {
        var qat = specification.Qat!;
        var task = UsesLabels(specification) ? new { qat.TaskLoss, Loss = LossOf(specification) } : null;
        object options = IsStrict(specification) ? StrictOptionsOf(specification)
            : qat.Optimizer == RepOpt ? new { Trainer = OptionsOf(qat), Task = task, qat.Optimizer }
            : new { Trainer = OptionsOf(qat), Task = task };

        // Sums over ranks are rounded otherwise. The work of one process keeps the key that it always had.
        var processes = TrainingProcesses.Of(qat).Count;
        return (processes, qat.SyncBatchNorm) switch
        {
            (1, _) => options,
            (_, true) => new { Options = options, Processes = processes },
            _ => new { Options = options, Processes = processes, qat.SyncBatchNorm },
        };
    }

    /// <summary>
    /// Distillation from the float network with learned ranges, for any detector; on top of it the task loss, where the network is a YOLOv6
    /// and its training images have labels.
    /// </summary>
    private static Trainer Distillation(
        RunSpecification specification, Graph calibrated, Graph teacher, RepScales? scales, bool hasLabels, ICollective ranks) =>
        DistillationTraining.Start(
            calibrated,
            OptionsOf(specification.Qat!),
            teacher,
            hasLabels
                ? new WeightedObjective(
                    "task",
                    specification.Qat!.TaskLoss,
                    new Yolov6Objective(calibrated, new Yolov6TrainingOptions { Loss = LossOf(specification) }, ranks: ranks))
                : null,
            scales is null ? null : tensors => RepOptimizer.Create(calibrated, tensors, scales),
            ranks: ranks,
            sharesBatchStatistics: specification.Qat!.SyncBatchNorm);

    /// <summary>What the tutorial does to its images (reference 6, 12), as far as the float training of the same network did it, too.</summary>
    public static AugmentationOptions AugmentationOf(RunSpecification specification)
    {
        var (qat, train) = (specification.Qat!, specification.Train ?? new TrainSpecification());
        return FloatTrainingOptions.AugmentationOf(
            train with { Mosaic = qat.Mosaic ?? train.Mosaic, Mixup = qat.Mixup ?? train.Mixup });
    }

    private static async Task<AugmentedBatches> AugmentedAsync(
        IStageContext context, GraphEvaluation evaluation, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var loader = new TrainingLoaderOptions
        {
            Size = evaluation.Run.Protocol.InputSize,
            BatchSize = specification.Qat!.Batch / specification.Qat.Ranks,
            Seed = (ulong)specification.Seed,
            Augmentation = AugmentationOf(specification),
        };
        return new AugmentedBatches(
            await LabelledImages.ReadAsync(context, evaluation.Index, cancellationToken), loader, specification.Qat.Epochs);
    }

    private static QatOptions OptionsOf(QatSpecification specification) => new()
    {
        Epochs = specification.Epochs,
        LearningRate = specification.LearningRate,
        FinalLearningRate = specification.FinalLearningRateFactor,
        FeatureWeight = specification.FeatureDistillation,
        ProbabilityWeight = specification.OutputDistillation,
        RegressionWeight = specification.OutputDistillation,
        LearnsRanges = specification.LearnRanges,
    };

    // The task-aligned assigner throughout: the network is trained already (reference 12, right column).
    private static DetectionLossOptions LossOf(RunSpecification specification) =>
        new() { BoxMetric = FloatTrainingOptions.BoxMetricOf(specification), AtssEpochs = 0 };

    private static Yolov6TrainingOptions StrictOptionsOf(RunSpecification specification)
    {
        var strict = Yolov6TrainingOptions.StrictQuantizationAware;
        return strict with
        {
            Epochs = specification.Qat!.Epochs,
            Batch = specification.Qat.Batch,
            Ranks = specification.Qat.Ranks,
            Loss = strict.Loss with { BoxMetric = FloatTrainingOptions.BoxMetricOf(specification) },
            Seed = (ulong)specification.Seed,
        };
    }
}
