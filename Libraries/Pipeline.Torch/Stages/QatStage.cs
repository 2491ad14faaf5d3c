using System.Text.Json;
using QatPipeline.Coco;
using QatPipeline.Coco.Detections;
using QatPipeline.Contracts;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Detectors;
using QatPipeline.Pipeline.Torch.Training;
using QatPipeline.Torch;
using QatPipeline.Torch.Distillation;

namespace QatPipeline.Pipeline.Torch.Stages;

/// <summary>Quantization-aware training of the calibrated graph toward its float self; resumes from its last checkpoint bit for bit.</summary>
public sealed class QatStage(IImageSource images) : IStage
{
    private const string Checkpoint = "qat.checkpoint";

    public string Name => StageNames.Qat;

    public int Version => 1;

    public bool IsIncluded(RunSpecification specification) => specification.Qat is not null;

    public IReadOnlyList<string> Inputs(RunSpecification specification) => [ArtifactNames.PtqGraph, ArtifactNames.FloatModel, .. GraphEvaluation.Inputs];

    // The trainer's options, not only what the specification says of them: a changed default gives other weights.
    public object Configuration(RunSpecification specification) => new
    {
        specification.Seed,
        specification.Model.InputSize,
        specification.Qat!.Batch,
        Options = OptionsOf(specification.Qat),
        specification.Evaluation,
    };

    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var calibrated = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.PtqGraph, cancellationToken).ConfigureAwait(false));
        var teacher = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatModel, cancellationToken).ConfigureAwait(false));
        var evaluation = await GraphEvaluation.OpenAsync(context, images, teacher, cancellationToken).ConfigureAwait(false);
        var batches = new DistillationBatches(images, context.Specification, evaluation.Index.Training, evaluation.Run.Protocol);
        using var trainer = new QatTrainer(calibrated, OptionsOf(context.Specification.Qat!), teacher);
        var saved = TrainingCheckpoint.Parse(await context.Checkpoints.ReadAsync(Checkpoint, cancellationToken).ConfigureAwait(false));
        var history = new HistoryRecorder(saved?.History, context.Progress);
        if (saved is not null)
        {
            trainer.Load(new MemoryStream(saved.Trainer));
        }

        var result = await trainer.TrainAsync(
            batches,
            new QatCallbacks
            {
                Progress = history,
                Evaluate = async (graph, token) => history.Finish(
                    await evaluation.MeasureAsync("fake-quantized graph", graph, ExecutionMode.FakeQuantize, token).ConfigureAwait(false)),
                Checkpoint = (save, token) => context.Checkpoints.WriteAsync(Checkpoint, TrainingCheckpoint.Write(history.Save(), save), token),
            },
            cancellationToken).ConfigureAwait(false);

        OnnxWriter.Write(result.Graph, context.OutputPath(ArtifactNames.QatGraph));
        await File.WriteAllBytesAsync(
            context.OutputPath(ArtifactNames.TrainingHistory),
            JsonSerializer.SerializeToUtf8Bytes(new TrainingHistory(history.Epochs, result.BestEpoch), PipelineJson.Options),
            cancellationToken).ConfigureAwait(false);
        var trained = await evaluation.MeasureAsync("trained graph", result.Graph, ExecutionMode.FakeQuantize, cancellationToken).ConfigureAwait(false);
        DetectionFile.Write(context.OutputPath(ArtifactNames.QatDetections), trained.Detections);
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
}
