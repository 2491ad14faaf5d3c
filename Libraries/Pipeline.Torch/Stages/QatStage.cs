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

    public int Version => 3;

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
        var calibrated = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.PtqGraph, cancellationToken).ConfigureAwait(false));

        // What training cannot improve is kept as it is; the tutorial's training replaces it whatever comes of it.
        var isStrict = QatTraining.IsStrict(context.Specification);
        var start = await evaluation.MeasureAsync("calibrated graph", calibrated, ExecutionMode.FakeQuantize, cancellationToken).ConfigureAwait(false);
        MeasuredGraph? highest = null;
        var job = new QatJob(
            calibrated,
            teacher,
            saved?.Trainer,
            history,
            async (graph, token) =>
            {
                var epoch = await evaluation.MeasureAsync("fake-quantized graph", graph, ExecutionMode.FakeQuantize, token).ConfigureAwait(false);
                highest = highest?.SelectionAp >= epoch.SelectionAp ? highest : epoch;
                return history.Finish(epoch);
            },
            (save, token) => context.Checkpoints.WriteAsync(Checkpoint, TrainingCheckpoint.Write(history.Save(), save), token));
        var result = isStrict
            ? await QatTraining.TrainStrictlyAsync(context, evaluation, job, cancellationToken).ConfigureAwait(false)
            : await QatTraining.DistilAsync(context, images, evaluation, job, cancellationToken).ConfigureAwait(false);

        var highestAp = history.Epochs.Max(epoch => epoch.SelectionAp);
        var isImproved = isStrict || highestAp > start.SelectionAp;
        var best = isImproved ? result.Graph : calibrated;
        OnnxWriter.Write(best, context.OutputPath(ArtifactNames.QatGraph));
        await File.WriteAllBytesAsync(
            context.OutputPath(ArtifactNames.TrainingHistory),
            JsonSerializer.SerializeToUtf8Bytes(new TrainingHistory(history.Epochs, isImproved ? result.BestEpoch : -1, start.SelectionAp, start.ValidationAp), PipelineJson.Options),
            cancellationToken).ConfigureAwait(false);

        // A resumed training has not measured the epochs before it stopped.
        var trained = !isImproved ? start
            : highest?.SelectionAp == highestAp ? highest
            : await evaluation.MeasureAsync("trained graph", best, ExecutionMode.FakeQuantize, cancellationToken).ConfigureAwait(false);
        DetectionFile.Write(context.OutputPath(ArtifactNames.QatDetections), trained.Detections);
    }
}
