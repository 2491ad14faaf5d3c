using System.Text.Json;
using QatPipeline.Coco.Detections;
using QatPipeline.Contracts;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Detectors;
using QatPipeline.Pipeline.Torch.Training;
using QatPipeline.Torch;

namespace QatPipeline.Pipeline.Torch.Stages;

/// <summary>Quantization-aware training of the calibrated graph toward its float self; resumes from its last checkpoint bit for bit.</summary>
public sealed class QatStage(IImageSource images) : IStage
{
    private const string Checkpoint = "qat.checkpoint";

    public string Name => StageNames.Qat;

    public int Version => 2;

    public bool IsIncluded(RunSpecification specification) => specification.Qat is not null;

    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        ArtifactNames.PtqGraph,
        ArtifactNames.FloatModel,
        .. GraphEvaluation.Inputs,
        .. QatTraining.UsesLabels(specification) ? [ArtifactNames.TrainingAnnotations] : Array.Empty<string>(),
        .. QatTraining.IsStrict(specification) && QatTraining.ScalesOf(specification) is { } scales ? [scales] : Array.Empty<string>(),
    ];

    // The trainer's options, not only what the specification says of them: a changed default gives other weights.
    public object Configuration(RunSpecification specification) => new
    {
        specification.Seed,
        specification.Model.InputSize,
        specification.Qat!.Batch,
        specification.Qat.Profile,
        Options = QatTraining.AllOptionsOf(specification),
        specification.Evaluation,
    };

    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var teacher = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatModel, cancellationToken).ConfigureAwait(false));
        var evaluation = await GraphEvaluation.OpenAsync(context, images, teacher, cancellationToken).ConfigureAwait(false);
        var saved = TrainingCheckpoint.Parse(await context.Checkpoints.ReadAsync(Checkpoint, cancellationToken).ConfigureAwait(false));
        var history = new HistoryRecorder(saved?.History, context.Progress);
        var job = new QatJob(
            OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.PtqGraph, cancellationToken).ConfigureAwait(false)),
            teacher,
            saved?.Trainer,
            history,
            async (graph, token) => history.Finish(
                await evaluation.MeasureAsync("fake-quantized graph", graph, ExecutionMode.FakeQuantize, token).ConfigureAwait(false)),
            (save, token) => context.Checkpoints.WriteAsync(Checkpoint, TrainingCheckpoint.Write(history.Save(), save), token));
        var result = QatTraining.IsStrict(context.Specification)
            ? await QatTraining.TrainStrictlyAsync(context, evaluation, job, cancellationToken).ConfigureAwait(false)
            : await QatTraining.DistilAsync(context, images, evaluation, job, cancellationToken).ConfigureAwait(false);

        OnnxWriter.Write(result.Graph, context.OutputPath(ArtifactNames.QatGraph));
        await File.WriteAllBytesAsync(
            context.OutputPath(ArtifactNames.TrainingHistory),
            JsonSerializer.SerializeToUtf8Bytes(new TrainingHistory(history.Epochs, result.BestEpoch), PipelineJson.Options),
            cancellationToken).ConfigureAwait(false);
        var trained = await evaluation.MeasureAsync("trained graph", result.Graph, ExecutionMode.FakeQuantize, cancellationToken).ConfigureAwait(false);
        DetectionFile.Write(context.OutputPath(ArtifactNames.QatDetections), trained.Detections);
    }
}
