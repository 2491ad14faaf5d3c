using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Stages.Torch.Detectors;

/// <summary>
/// AP of a graph on the calibration images, by which choices are made, and on the validation images, by which they are judged.
/// </summary>
internal sealed class GraphEvaluation(
    DetectionRun run, DatasetIndex index, CocoDataset selectionTruth, CocoDataset validationTruth, IProgress<StageProgress> progress)
{
    /// <summary>The artifacts <see cref="OpenAsync"/> reads.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
        [ArtifactNames.DatasetIndex, ArtifactNames.CalibrationAnnotations, ArtifactNames.ValidationAnnotations];

    public DatasetIndex Index => index;

    public DetectionRun Run => run;

    public static async Task<GraphEvaluation> OpenAsync(
        IStageContext context, IImageSource images, Graph model, CancellationToken cancellationToken)
    {
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        return new GraphEvaluation(
            new DetectionRun(images, context.Specification, index, ImageInput.SizeOf(model, context.Specification)),
            index,
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.CalibrationAnnotations, cancellationToken), ""),
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken), ""),
            context.Progress);
    }

    public async Task<MeasuredGraph> MeasureAsync(string name, Graph graph, ExecutionMode mode, CancellationToken cancellationToken)
    {
        using var detector = new TorchDetector(graph, mode);
        var selection = await run.DetectAsync(
            detector, DatasetSplit.Calibration, index.Calibration, $"AP of {name}, calibration images", progress, cancellationToken);
        var validation = await run.DetectAsync(
            detector, DatasetSplit.Validation, index.Validation, $"AP of {name}, validation images", progress, cancellationToken);
        return new MeasuredGraph(
            CocoEvaluator.Evaluate(selectionTruth, selection).Metrics.Ap,
            CocoEvaluator.Evaluate(validationTruth, validation).Metrics.Ap,
            validation);
    }

    /// <summary>AP on the first calibration images alone.</summary>
    /// <param name="name">What is measured, for the progress line.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="mode">Float or fake-quantized.</param>
    /// <param name="images">Number of images; 0 takes all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<double> MeasureSelectionAsync(
        string name, Graph graph, ExecutionMode mode, int images, CancellationToken cancellationToken)
    {
        using var detector = new TorchDetector(graph, mode);
        var chosen = FirstCalibrationImages(images);
        var ids = chosen.Select(image => image.Id).ToHashSet();
        var truth = new CocoDataset(
            selectionTruth.Source,
            selectionTruth.ImageFolder,
            [.. selectionTruth.Images.Where(image => ids.Contains(image.Id))],
            [.. selectionTruth.Annotations.Where(annotation => ids.Contains(annotation.ImageId))],
            selectionTruth.Categories);
        var detections = await run.DetectAsync(detector, DatasetSplit.Calibration, chosen, $"AP of {name}", progress, cancellationToken);
        return CocoEvaluator.Evaluate(truth, detections).Metrics.Ap;
    }

    /// <summary>The first images of the calibration list; 0 takes all.</summary>
    public IReadOnlyList<IndexedImage> FirstCalibrationImages(int count) =>
        count > 0 ? [.. index.Calibration.Take(count)] : index.Calibration;
}

/// <summary>AP on the calibration images and on the validation images, and the latter's detections.</summary>
internal sealed record MeasuredGraph(double SelectionAp, double ValidationAp, IReadOnlyList<Detection> Detections);
