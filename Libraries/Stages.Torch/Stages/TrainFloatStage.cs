using QatPipeline.Coco.Augmentation;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Stages;

/// <summary>
/// Float training of a YOLOv6 network: the hyper-search where no scales are given, then the network itself, RepOpt or RepVGG. Resumes from
/// the last epoch's checkpoint bit for bit.
/// </summary>
public sealed class TrainFloatStage(IImageSource images) : IStage
{
    private const string SearchCheckpoint = "hyper-search.checkpoint";
    private const string TrainingCheckpoint = "training.checkpoint";

    /// <inheritdoc/>
    public string Name => StageNames.TrainFloat;

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        .. GraphEvaluation.Inputs,
        ArtifactNames.TrainingAnnotations,
        .. specification.Model.Yolov6!.Checkpoint is null ? Array.Empty<string>() : [ArtifactNames.ModelSource],
        .. specification.Model.Yolov6.Scales is null ? Array.Empty<string>() : [ArtifactNames.ModelScales],
    ];

    // The trainer's options, not only what the specification says of them: a changed default gives other weights.
    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Seed,
        Network = Yolov6Models.KeyOf(specification),
        specification.Train,
        Options = FloatTrainingOptions.Of(specification, specification.Train!.Epochs, stepsPerEpoch: 1),
        Augmentation = FloatTrainingOptions.AugmentationOf(specification.Train),
        specification.Evaluation,
    };

    /// <inheritdoc/>
    public Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken) =>
        TorchThread.RunAsync(() => WorkAsync(context, cancellationToken));

    private async Task WorkAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var form = Yolov6Models.TrainingFormOf(specification);
        var search = new EpochRecorder("hyper-search, ", context.Progress);
        var training = new EpochRecorder("training, ", context.Progress);
        var store = await RecordedTrainingStore.OpenAsync(
            context.Checkpoints,
            new Dictionary<string, EpochRecorder> { [SearchCheckpoint] = search, [TrainingCheckpoint] = training },
            cancellationToken);
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        var network = Yolov6Network.Build(Yolov6Models.OptionsOf(specification, index.Categories.Count, form));
        var start = specification.Model.Yolov6!.Checkpoint is null
            ? null
            : Yolov6CheckpointFile.Load(await context.OpenInputAsync(ArtifactNames.ModelSource, cancellationToken), network);
        var evaluation = await GraphEvaluation.OpenAsync(context, images, network.Graph, isKnown: true, cancellationToken);
        var labelled = await LabelledImages.ReadAsync(context, index, cancellationToken);

        RepScales? scales = null;
        if (form == Yolov6Form.RepOpt)
        {
            var (searchStage, searchOptions) = StageOf(SearchCheckpoint, specification.Train!.HyperSearchEpochs, search);
            scales = specification.Model.Yolov6.Scales is null
                ? await HyperSearch.RunAsync(network.Options, searchOptions, searchStage, store, cancellationToken: cancellationToken)
                : RepScales.From(CheckpointFile.Read(await context.OpenInputAsync(ArtifactNames.ModelScales, cancellationToken)));
            SafetensorsFile.Write(context.OutputPath(ArtifactNames.TrainedScales), scales.ToState());
        }

        var (stage, options) = StageOf(TrainingCheckpoint, specification.Train!.Epochs, training);
        stage = stage with
        {
            Evaluate = async (graph, token) => training.Evaluated(
                await evaluation.MeasureSelectionAsync("float network", graph, ExecutionMode.Float, images: 0, token)),
        };
        var fresh = scales is not null && start is null;
        using var trainer = Yolov6Training.Start(start ?? network.Graph, options with { Reinitialize = fresh }, scales);
        var result = await stage.RunAsync(trainer, store, cancellationToken);
        SafetensorsFile.Write(context.OutputPath(ArtifactNames.TrainedWeights), Yolov6Weights.Read(result.Graph));
        OnnxWriter.Write(Yolov6Models.Deployed(network, result.Graph), context.OutputPath(ArtifactNames.TrainedModel));
        await JsonArtifact.WriteAsync(
            context,
            ArtifactNames.FloatTrainingHistory,
            new FloatTrainingHistory(search.Epochs, training.Epochs, result.BestEpoch),
            cancellationToken);

        (TrainingStage Stage, Yolov6TrainingOptions Options) StageOf(string name, int epochs, EpochRecorder recorder)
        {
            var loader = new TrainingLoaderOptions
            {
                Size = network.Options.InputHeight,
                BatchSize = specification.Train!.Batch / specification.Train.Ranks,
                Seed = (ulong)specification.Seed,
                Augmentation = FloatTrainingOptions.AugmentationOf(specification.Train),
            };
            var batches = new AugmentedBatches(labelled, loader, epochs, specification.Train.PlainEpochs);
            return (
                new TrainingStage(name, batches, Progress: recorder),
                FloatTrainingOptions.Of(
                    specification, Math.Max(1, epochs), Math.Max(1, batches.StepsPerEpoch / specification.Train.Ranks)));
        }
    }
}
