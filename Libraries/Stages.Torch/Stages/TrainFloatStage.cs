using System.Text.Json;
using System.Text.Json.Nodes;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Stages.Torch.Ranks;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Stages;

/// <summary>
/// Float training of a YOLOv6 network: the hyper-search where no scales are given, then the network itself, RepOpt or RepVGG. Resumes from
/// the last epoch's checkpoint bit for bit.
/// </summary>
public sealed class TrainFloatStage(IImageSource images) : IStage
{
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
        Train = KeyOf(specification.Train!),
        Options = FloatTrainingOptions.Of(specification, specification.Train!.Epochs, stepsPerEpoch: 1),
        Augmentation = FloatTrainingOptions.AugmentationOf(specification.Train),
        specification.Evaluation,
    };

    /// <inheritdoc/>
    public int Processes(RunSpecification specification) => TrainingProcesses.Of(specification.Train!).Count;

    /// <inheritdoc/>
    public Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken) =>
        TorchThread.RunAsync(() => WorkAsync(context, cancellationToken));

    // Sums over ranks are rounded otherwise; where ranks are changes nothing. The work of one process keeps the key that it always had.
    private static JsonObject KeyOf(TrainSpecification train)
    {
        var key = JsonSerializer.SerializeToNode(train, PipelineJson.Options)!.AsObject();
        key.Remove(PipelineJson.Options.PropertyNamingPolicy!.ConvertName(nameof(train.Hosts)));
        var processes = PipelineJson.Options.PropertyNamingPolicy.ConvertName(nameof(train.Processes));
        key.Remove(processes);
        if (TrainingProcesses.Of(train).Count is > 1 and var count)
        {
            key[processes] = count;
        }

        return key;
    }

    private async Task WorkAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var search = new EpochRecorder("hyper-search, ", context.Progress);
        var training = new EpochRecorder("training, ", context.Progress);
        var store = await RecordedTrainingStore.OpenAsync(
            context.Checkpoints,
            new Dictionary<string, EpochRecorder>
            {
                [FloatTraining.SearchCheckpoint] = search,
                [FloatTraining.TrainingCheckpoint] = training,
            },
            cancellationToken);
        var (index, network) = await FloatTraining.OpenAsync(context, cancellationToken);
        var evaluation = await GraphEvaluation.OpenAsync(context, images, network.Graph, isKnown: true, cancellationToken);
        RankRequirements.Check(specification.Train!, index.Training.Count);
        var searchCallbacks = new TrainingCallbacks { Progress = search };
        var trainingCallbacks = new TrainingCallbacks
        {
            Evaluate = async (graph, token) => training.Evaluated(
                await evaluation.MeasureSelectionAsync("float network", graph, ExecutionMode.Float, images: 0, token)),
            Progress = training,
        };

        var processes = TrainingProcesses.Of(specification.Train!);
        var result = processes.Count > 1
            ? await RankedTraining.RunAsync(
                context,
                this,
                processes,
                new Dictionary<string, TrainingCallbacks>
                {
                    [FloatTraining.SearchCheckpoint] = searchCallbacks,
                    [FloatTraining.TrainingCheckpoint] = trainingCallbacks,
                },
                store,
                cancellationToken)
            : await FloatTraining.RunAsync(
                context, index, network, searchCallbacks, trainingCallbacks, store, SingleCollective.Instance, cancellationToken);
        if (await FloatTraining.ScalesAsync(context, store, cancellationToken) is { } scales)
        {
            SafetensorsFile.Write(context.OutputPath(ArtifactNames.TrainedScales), scales.ToState());
        }

        SafetensorsFile.Write(context.OutputPath(ArtifactNames.TrainedWeights), Yolov6Weights.Read(result.Graph));
        OnnxWriter.Write(Yolov6Models.Deployed(network, result.Graph), context.OutputPath(ArtifactNames.TrainedModel));
        await JsonArtifact.WriteAsync(
            context,
            ArtifactNames.FloatTrainingHistory,
            new FloatTrainingHistory(search.Epochs, training.Epochs, result.BestEpoch),
            cancellationToken);
    }
}
