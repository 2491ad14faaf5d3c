using QatPipeline.Coco.Detections;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Torch.Calibration;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Stages.Torch.Ranks;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Stages;

/// <summary>
/// Quantization-aware training of the calibrated graph toward its float self; resumes from its last checkpoint bit for bit.
/// </summary>
public sealed class QatStage(IImageSource images) : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Qat;

    /// <inheritdoc/>
    public int Version => 7;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        ArtifactNames.PtqGraph,
        ArtifactNames.FloatGraph,
        .. GraphEvaluation.Inputs,
        .. QatTraining.UsesLabels(specification) ? [ArtifactNames.TrainingAnnotations] : Array.Empty<string>(),
        .. QatTraining.ScalesOf(specification) is { } scales ? [scales] : Array.Empty<string>(),
    ];

    // The trainer's options, not only what the specification says of them: a changed default gives other weights.
    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Seed,
        specification.Model.InputSize,
        specification.Qat!.Batch,
        specification.Qat.Profile,
        Augmentation = QatTraining.IsStrict(specification) ? QatTraining.AugmentationOf(specification) : null,
        Options = QatTraining.AllOptionsOf(specification),
        specification.Evaluation,
    };

    /// <inheritdoc/>
    public int Processes(RunSpecification specification) => TrainingProcesses.Of(specification.Qat!).Count;

    /// <inheritdoc/>
    public Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken) =>
        TorchThread.RunAsync(() => WorkAsync(context, cancellationToken));

    private async Task WorkAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var inputs = await QatInputs.OpenAsync(context, images, cancellationToken);
        var evaluation = inputs.Evaluation;
        RankRequirements.Check(context.Specification.Qat!, evaluation.Index.Training.Count);
        var history = new EpochRecorder("", context.Progress);
        var store = await RecordedTrainingStore.OpenAsync(
            context.Checkpoints, new Dictionary<string, EpochRecorder> { [QatTraining.Checkpoint] = history }, cancellationToken);

        Graph AsExported(Graph graph) => StrictCalibration.AsExported(graph, context.Specification);
        var untrained = AsExported(inputs.Calibrated);
        var start = await evaluation.MeasureSelectionAsync(
            "calibrated graph", untrained, ExecutionMode.FakeQuantize, images: 0, cancellationToken);
        var callbacks = new TrainingCallbacks
        {
            Evaluate = async (graph, token) => history.Evaluated(
                await evaluation.MeasureSelectionAsync(
                    "fake-quantized graph", AsExported(graph), ExecutionMode.FakeQuantize, images: 0, token)),
            Progress = history,
            Baseline = start,
        };
        var processes = TrainingProcesses.Of(context.Specification.Qat!);
        var result = processes.Count > 1
            ? await RankedTraining.RunAsync(
                context,
                this,
                processes,
                new Dictionary<string, TrainingCallbacks> { [QatTraining.Checkpoint] = callbacks },
                store,
                cancellationToken)
            : await QatTraining.RunAsync(context, inputs, callbacks, store, SingleCollective.Instance, cancellationToken);

        // What training cannot improve is kept as it is.
        var isImproved = history.Epochs[result.BestEpoch].SelectionAp > start;
        var best = isImproved ? AsExported(result.Graph) : untrained;
        OnnxWriter.Write(best, context.OutputPath(ArtifactNames.QatGraph));
        QuantizedCheckpointArtifact.Write(context, ArtifactNames.QatCheckpoint, best);
        await JsonArtifact.WriteAsync(
            context,
            ArtifactNames.TrainingHistory,
            new TrainingHistory(history.Epochs, isImproved ? result.BestEpoch : -1, start),
            cancellationToken);

        var trained = await evaluation.MeasureValidationAsync("trained graph", best, ExecutionMode.FakeQuantize, cancellationToken);
        DetectionFile.Write(context.OutputPath(ArtifactNames.QatDetections), trained.Detections);
    }
}
