using QatPipeline.Coco.Augmentation;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>The float training of a YOLOv6 network: the hyper-search where no scales are given, then the network itself.</summary>
internal static class FloatTraining
{
    /// <summary>The checkpoints in the stage's store.</summary>
    public const string SearchCheckpoint = "hyper-search.checkpoint", TrainingCheckpoint = "training.checkpoint";

    /// <summary>The run's images, and the network at the start, without weights of a checkpoint.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<(DatasetIndex Index, Yolov6Network Network)> OpenAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        var form = Yolov6Models.TrainingFormOf(context.Specification);
        return (index, Yolov6Network.Build(Yolov6Models.OptionsOf(context.Specification, index.Categories.Count, form)));
    }

    /// <summary>Trains to the end, from the store's checkpoints where there are some.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="index">The run's images.</param>
    /// <param name="network">To be trained.</param>
    /// <param name="search">What is called on the way of the hyper-search.</param>
    /// <param name="training">What is called on the way of the training.</param>
    /// <param name="store">Keeps the checkpoints, and the scales that were found.</param>
    /// <param name="ranks">Those that share each batch.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    public static async Task<TrainingResult> RunAsync(
        IStageContext context,
        DatasetIndex index,
        Yolov6Network network,
        TrainingCallbacks search,
        TrainingCallbacks training,
        ITrainingStore store,
        ICollective ranks,
        CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var start = specification.Model.Yolov6!.Checkpoint is null
            ? null
            : Yolov6Models.Load(specification, network, await context.OpenInputAsync(ArtifactNames.ModelSource, cancellationToken));
        var labelled = await LabelledImages.ReadAsync(context, index, cancellationToken);
        if (Searches(specification))
        {
            var (searchStage, searchOptions) = StageOf(SearchCheckpoint, specification.Train!.HyperSearchEpochs, search);
            await HyperSearch.RunAsync(
                network.Options, searchOptions, searchStage, store, ranks: ranks, cancellationToken: cancellationToken);
        }

        var scales = await ScalesAsync(context, store, cancellationToken);
        var (stage, options) = StageOf(TrainingCheckpoint, specification.Train!.Epochs, training);
        var fresh = scales is not null && start is null;
        using var trainer = Yolov6Training.Start(
            start ?? network.Graph, options with { Reinitialize = fresh }, scales, ranks: ranks);
        return await stage.RunAsync(trainer, store, cancellationToken);

        (TrainingStage Stage, Yolov6TrainingOptions Options) StageOf(string name, int epochs, TrainingCallbacks callbacks)
        {
            var loader = new TrainingLoaderOptions
            {
                Size = network.Options.InputHeight,
                BatchSize = specification.Train!.Batch / specification.Train.Ranks,
                Shares = ranks.Size,
                Share = ranks.Rank,
                Seed = (ulong)specification.Seed,
                Augmentation = FloatTrainingOptions.AugmentationOf(specification.Train),
            };
            var batches = new AugmentedBatches(labelled, loader, epochs, specification.Train.PlainEpochs);
            return (
                new TrainingStage(name, batches, callbacks.Evaluate, callbacks.Progress),
                FloatTrainingOptions.Of(
                    specification, Math.Max(1, epochs), Math.Max(1, batches.StepsPerEpoch / specification.Train.Ranks)));
        }
    }

    /// <summary>The scales that the network is trained with: those that were given, or that the search has found; null without any.</summary>
    /// <param name="context">The stage's.</param>
    /// <param name="store">That of the search, which is over.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<RepScales?> ScalesAsync(IStageContext context, ITrainingStore store, CancellationToken cancellationToken)
    {
        if (Yolov6Models.TrainingFormOf(context.Specification) != Yolov6Form.RepOpt)
        {
            return null;
        }

        if (!Searches(context.Specification))
        {
            return RepScales.From(CheckpointFile.Read(await context.OpenInputAsync(ArtifactNames.ModelScales, cancellationToken)));
        }

        await using var found = await store.OpenAsync(HyperSearch.ScaleFile, cancellationToken);
        return RepScales.From(SafetensorsFile.Read(found!, HyperSearch.ScaleFile, out _));
    }

    private static bool Searches(RunSpecification specification) =>
        Yolov6Models.TrainingFormOf(specification) == Yolov6Form.RepOpt && specification.Model.Yolov6!.Scales is null;
}
