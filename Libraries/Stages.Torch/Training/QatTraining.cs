using QatPipeline.Coco.Augmentation;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Training;
using QatPipeline.Yolov6.Training.Losses;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>What the trainer of a profile is given, whichever it is.</summary>
/// <param name="Calibrated">The graph to train.</param>
/// <param name="Teacher">Its float self.</param>
/// <param name="Saved">State to go on from; null at the start.</param>
/// <param name="Progress">Receives every step.</param>
/// <param name="Evaluate">Scores the graph after every epoch.</param>
/// <param name="Checkpoint">Keeps the state that the action writes.</param>
internal sealed record QatJob(
    Graph Calibrated,
    Graph Teacher,
    byte[]? Saved,
    IProgress<TrainingProgress> Progress,
    Func<Graph, CancellationToken, Task<double>> Evaluate,
    Func<Action<Stream>, CancellationToken, Task> Checkpoint)
{
    public async Task<TrainingResult> RunAsync(Trainer trainer, ITrainingBatches batches, CancellationToken cancellationToken)
    {
        if (Saved is { } saved)
        {
            trainer.Load(new MemoryStream(saved));
        }

        var callbacks = new TrainingCallbacks { Progress = Progress, Evaluate = Evaluate, Checkpoint = Checkpoint };
        return await trainer.TrainAsync(batches, callbacks, cancellationToken);
    }
}

/// <summary>The two profiles of quantization-aware training.</summary>
internal static class QatTraining
{
    private const string RepOpt = "repopt";

    /// <summary>Trains to the end, from the saved state where there is one.</summary>
    public static async Task<TrainingResult> RunAsync(
        IStageContext context, IImageSource images, GraphEvaluation evaluation, QatJob job, CancellationToken cancellationToken)
    {
        var scales = ScalesOf(context.Specification) is { } artifact
            ? RepScales.From(CheckpointFile.Read(await context.OpenInputAsync(artifact, cancellationToken)))
            : null;
        if (IsStrict(context.Specification))
        {
            using var strict = Yolov6Training.Start(job.Calibrated, StrictOptionsOf(context.Specification), scales, job.Teacher);
            await using var augmented = await AugmentedAsync(context, evaluation, cancellationToken);
            return await job.RunAsync(strict, augmented, cancellationToken);
        }

        var truth = UsesLabels(context.Specification) ? await LabelledImages.ReadTruthAsync(context, cancellationToken) : null;
        truth = truth?.Annotations.Count > 0 ? truth : null;
        using var trainer = Distillation(context.Specification, job, scales, hasLabels: truth is not null);
        var batches = new DistillationBatches(
            images, context.Specification, evaluation.Index.Training, evaluation.Run.Protocol, truth);
        return await job.RunAsync(trainer, batches, cancellationToken);
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
        return IsStrict(specification) ? StrictOptionsOf(specification)
            : qat.Optimizer == RepOpt ? new { Trainer = OptionsOf(qat), Task = task, qat.Optimizer }
            : new { Trainer = OptionsOf(qat), Task = task };
    }

    /// <summary>
    /// Distillation from the float network with learned ranges, for any detector; on top of it the task loss, where the network is a YOLOv6
    /// and its training images have labels.
    /// </summary>
    private static Trainer Distillation(RunSpecification specification, QatJob job, RepScales? scales, bool hasLabels) =>
        DistillationTraining.Start(
            job.Calibrated,
            OptionsOf(specification.Qat!),
            job.Teacher,
            hasLabels
                ? new WeightedObjective(
                    "task",
                    specification.Qat!.TaskLoss,
                    new Yolov6Objective(job.Calibrated, new Yolov6TrainingOptions { Loss = LossOf(specification) }))
                : null,
            scales is null ? null : tensors => RepOptimizer.Create(job.Calibrated, tensors, scales));

    // The tutorial trains on augmented images (reference 6, 12).
    private static async Task<AugmentedBatches> AugmentedAsync(
        IStageContext context, GraphEvaluation evaluation, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var loader = new TrainingLoaderOptions
        {
            Size = evaluation.Run.Protocol.InputSize,
            BatchSize = specification.Qat!.Batch,
            Seed = (ulong)specification.Seed,
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
            Loss = strict.Loss with { BoxMetric = FloatTrainingOptions.BoxMetricOf(specification) },
            Seed = (ulong)specification.Seed,
        };
    }
}
