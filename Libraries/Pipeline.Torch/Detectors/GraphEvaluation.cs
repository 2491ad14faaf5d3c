using QatPipeline.Coco;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Evaluation;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Torch;

namespace QatPipeline.Pipeline.Torch.Detectors;

/// <summary>AP of a graph on the calibration images, by which choices are made, and on the validation images, by which they are judged.</summary>
internal sealed class GraphEvaluation(
    DetectionRun run, DatasetIndex index, CocoDataset selectionTruth, CocoDataset validationTruth, IProgress<StageProgress> progress)
{
    /// <summary>The artifacts <see cref="OpenAsync"/> reads.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
        [ArtifactNames.DatasetIndex, ArtifactNames.CalibrationAnnotations, ArtifactNames.ValidationAnnotations];

    public DatasetIndex Index => index;

    public DetectionRun Run => run;

    public static async Task<GraphEvaluation> OpenAsync(IStageContext context, IImageSource images, Graph model, CancellationToken cancellationToken)
    {
        var index = await DatasetIndex.ReadAsync(await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return new GraphEvaluation(
            new DetectionRun(images, context.Specification, index, ModelInput.SizeOf(model, context.Specification)),
            index,
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.CalibrationAnnotations, cancellationToken).ConfigureAwait(false), ""),
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken).ConfigureAwait(false), ""),
            context.Progress);
    }

    public async Task<MeasuredGraph> MeasureAsync(string name, Graph graph, ExecutionMode mode, CancellationToken cancellationToken)
    {
        using var detector = new TorchDetector(graph, mode);
        var selection = await run.DetectAsync(detector, DatasetSplit.Calibration, index.Calibration, $"AP of {name}, calibration images", progress, cancellationToken).ConfigureAwait(false);
        var validation = await run.DetectAsync(detector, DatasetSplit.Validation, index.Validation, $"AP of {name}, validation images", progress, cancellationToken).ConfigureAwait(false);
        return new MeasuredGraph(
            CocoEvaluator.Evaluate(selectionTruth, selection).Metrics.Ap, CocoEvaluator.Evaluate(validationTruth, validation).Metrics.Ap, validation);
    }
}

/// <summary>AP on the calibration images and on the validation images, and the latter's detections.</summary>
internal sealed record MeasuredGraph(double SelectionAp, double ValidationAp, IReadOnlyList<Detection> Detections);
