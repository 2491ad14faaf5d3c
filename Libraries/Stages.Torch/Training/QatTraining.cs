using QatPipeline.Coco.Augmentation;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Native;
using QatPipeline.Yolov6.Losses;
using QatPipeline.Yolov6.Training;
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
    Func<Action<Stream>, CancellationToken, Task> Checkpoint);

/// <summary>The two profiles of quantization-aware training.</summary>
internal static class QatTraining
{
    /// <summary>
    /// Distillation from the float network with learned ranges, for any detector; on top of it the task loss, where the network is a YOLOv6
    /// and its training images have labels.
    /// </summary>
    public static async Task<(Graph Graph, int BestEpoch)> DistilAsync(
        IStageContext context, IImageSource images, GraphEvaluation evaluation, QatJob job, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var truth = UsesLabels(specification) ? await LabelledImages.ReadTruthAsync(context, cancellationToken) : null;
        truth = truth?.Annotations.Count > 0 ? truth : null;
        using var task = truth is null
            ? null
            : new Yolov6TaskLoss(job.Calibrated, LossOf(specification), specification.Qat!.TaskLoss, TorchDevices.Default);
        using var trainer = new QatTrainer(job.Calibrated, OptionsOf(specification.Qat!), job.Teacher, task);
        if (job.Saved is { } saved)
        {
            trainer.Load(new MemoryStream(saved));
        }

        var callbacks = new QatCallbacks { Progress = job.Progress, Evaluate = job.Evaluate, Checkpoint = job.Checkpoint };
        var batches = new DistillationBatches(images, specification, evaluation.Index.Training, evaluation.Run.Protocol, truth);
        var result = await trainer.TrainAsync(batches, callbacks, cancellationToken);
        return (result.Graph, result.BestEpoch);
    }

    /// <summary>
    /// The training of the YOLOv6 tutorial with every switch of it (reference 6, 12): RepOptimizer, fixed ranges, augmented images.
    /// </summary>
    public static async Task<(Graph Graph, int BestEpoch)> TrainStrictlyAsync(
        IStageContext context, GraphEvaluation evaluation, QatJob job, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var scales = ScalesOf(specification) is { } artifact
            ? RepScales.From(Yolov6CheckpointFile.Read(await context.OpenInputAsync(artifact, cancellationToken)))
            : null;
        using var trainer = new Yolov6Trainer(job.Calibrated, StrictOptionsOf(specification), scales, job.Teacher);
        if (job.Saved is { } saved)
        {
            trainer.Load(new MemoryStream(saved));
        }

        var loader = new TrainingLoaderOptions
        {
            Size = evaluation.Run.Protocol.InputSize,
            BatchSize = specification.Qat!.Batch,
            Seed = (ulong)specification.Seed,
        };
        var labelled = await LabelledImages.ReadAsync(context, evaluation.Index, cancellationToken);
        var batches = new AugmentedBatches(labelled, loader, specification.Qat.Epochs);
        await using (batches)
        {
            var callbacks = new Yolov6TrainingCallbacks { Progress = job.Progress, Evaluate = job.Evaluate, Checkpoint = job.Checkpoint };
            var result = await trainer.TrainAsync(batches, callbacks, cancellationToken);
            return (result.Graph, result.BestEpoch);
        }
    }

    public static bool IsStrict(RunSpecification specification) => specification.Qat is { Profile: "strict" };

    /// <summary>Whether the training reads the labels of its images.</summary>
    public static bool UsesLabels(RunSpecification specification) =>
        DatasetStage.HasTrainingLabels(specification) && (IsStrict(specification) || specification.Qat!.TaskLoss > 0);

    /// <summary>The artifact with RepOptimizer's scales that the strict profile trains with; null where the run has none.</summary>
    public static string? ScalesOf(RunSpecification specification) => specification switch
    {
        { Model.Yolov6: not { Form: "repopt" } } => null,
        { Train: not null } => ArtifactNames.TrainedScales,
        { Model.Yolov6.Scales: not null } => ArtifactNames.ModelScales,
        _ => null,
    };

    /// <summary>The options of the run's trainer, defaults included.</summary>
    public static object AllOptionsOf(RunSpecification specification) => IsStrict(specification)
        ? StrictOptionsOf(specification)
        : new
        {
            Trainer = OptionsOf(specification.Qat!),
            Task = UsesLabels(specification) ? new { specification.Qat!.TaskLoss, Loss = LossOf(specification) } : null,
        };

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
