using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Detectors.Recognition;
using QatPipeline.Graphs.Importing;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;

namespace QatPipeline.Stages.Torch.Detectors;

/// <summary>
/// AP of a graph on the calibration images, by which choices are made, and on the validation images, by which they are judged.
/// </summary>
internal sealed class GraphEvaluation(
    DetectionRun run,
    DatasetIndex index,
    bool isFromFile,
    long? passLimit,
    CocoDataset selectionTruth,
    CocoDataset validationTruth,
    IProgress<StageProgress> progress)
{
    /// <summary>The artifacts <see cref="OpenAsync"/> reads.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
        [ArtifactNames.DatasetIndex, ArtifactNames.CalibrationAnnotations, ArtifactNames.ValidationAnnotations];

    public DatasetIndex Index => index;

    public DetectionRun Run => run;

    /// <summary>Images of a pass that collects ranges or compares layers: the specification's, or what the model takes.</summary>
    public int CalibrationBatch => MostAtOnce ?? run.Specification.Calibration.Batch;

    /// <summary>Images that the model takes in a pass; null where it takes any number.</summary>
    public int? MostAtOnce { get; } = run.Model.Description.TakesOne ? 1 : (int?)passLimit;

    /// <param name="context">The stage's.</param>
    /// <param name="images">Where images come from.</param>
    /// <param name="model">The detector.</param>
    /// <param name="isKnown">Whether the model holds what was recognised of it; otherwise it is looked at.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<GraphEvaluation> OpenAsync(
        IStageContext context, IImageSource images, Graph model, bool isKnown, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        return new GraphEvaluation(
            new DetectionRun(
                images,
                specification,
                index,
                isKnown || specification.Model.Onnx is null
                    ? RunDetector.Of(model, specification)
                    : await RecogniseAsync(context, images, model, index, cancellationToken)),
            index,
            specification.Model.Onnx is not null,
            PassLimitOf(model),
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.CalibrationAnnotations, cancellationToken), ""),
            CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken), ""),
            context.Progress);
    }

    /// <summary>AP and detections on the validation images: for what is handed on, never for what is chosen among.</summary>
    public async Task<MeasuredGraph> MeasureValidationAsync(
        string name, Graph graph, ExecutionMode mode, CancellationToken cancellationToken)
    {
        using var detector = new TorchDetector(graph, mode, run.Model.Description.Outputs);
        var detections = await run.DetectAsync(
            detector, DatasetSplit.Validation, index.Validation, $"AP of {name}, validation images", progress, cancellationToken);
        return new MeasuredGraph(CocoEvaluator.Evaluate(validationTruth, detections).Metrics.Ap, detections);
    }

    /// <summary>How the outputs and the input of a model from a file are read; null where the model is a network of this project.</summary>
    public string? Reading { get; } = isFromFile ? ReadingOf(run.Model, index) : null;

    /// <summary>Objects of the validation images, by which AP is judged.</summary>
    public int ValidationObjects => validationTruth.Annotations.Count;

    /// <summary>AP on the first calibration images alone.</summary>
    /// <param name="name">What is measured, for the progress line.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="mode">Float or fake-quantized.</param>
    /// <param name="images">Number of images; 0 takes all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<double> MeasureSelectionAsync(
        string name, Graph graph, ExecutionMode mode, int images, CancellationToken cancellationToken)
    {
        using var detector = new TorchDetector(graph, mode, run.Model.Description.Outputs);
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

    private static long? PassLimitOf(Graph model) => TorchThread.Run(() =>
    {
        using var network = new TorchNetwork(model);
        return network.PassLimit;
    });

    private static string ReadingOf(RunDetector model, DatasetIndex index) =>
        $"{DetectorRecognition.Describe(model.Description, index.Categories.Count)}; input {model.Description.Input}";

    private static async Task<RunDetector> RecogniseAsync(
        IStageContext context, IImageSource images, Graph model, DatasetIndex index, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var size = ImageInput.SizeOf(model, specification);
        if (specification.Model.Detector is null && RunDetector.Recorded(model) is { } recorded)
        {
            return new RunDetector(recorded, size.Height, size.Width);
        }

        using var detector = new TorchDetector(model, ExecutionMode.Float);
        var found = await RunDetector.RecogniseAsync(
            detector, size, 1, images, specification, index, PictureInput.TakesLevels(model), cancellationToken);
        context.Progress.Report(new StageProgress($"the model looks like {ReadingOf(found, index)}", 0, 1));
        return found;
    }

    /// <summary>The first images of the calibration list; 0 takes all.</summary>
    public IReadOnlyList<IndexedImage> FirstCalibrationImages(int count) =>
        count > 0 ? [.. index.Calibration.Take(count)] : index.Calibration;
}

/// <summary>AP on the validation images, and the detections there.</summary>
internal sealed record MeasuredGraph(double ValidationAp, IReadOnlyList<Detection> Detections);
