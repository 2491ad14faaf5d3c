using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>
/// Runs the engines over the validation images and puts every variant's AP side by side, with intervals of the differences.
/// </summary>
public sealed class EvaluateStage(IImageSource images) : IStage
{
    private const int ComparedImages = 2;

    /// <inheritdoc/>
    public string Name => StageNames.Evaluate;

    /// <inheritdoc/>
    public int Version => 4;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        ArtifactNames.DatasetIndex,
        ArtifactNames.ValidationAnnotations,
        ArtifactNames.FloatGraph,
        ArtifactNames.FloatEngine,
        ArtifactNames.Int8Engine,
        ArtifactNames.OrtCpuForm,
        .. GraphVariants(specification).Select(variant => variant.Detections),
    ];

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) =>
        new { specification.Seed, specification.Model.InputSize, specification.Evaluation, specification.Build.Threads };

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken),
            cancellationToken);
        var truth = CocoDataset.Read(
            await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken), "");
        var inputSize = ImageInput.SizeOf(
            OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatGraph, cancellationToken)),
            specification);
        var run = new DetectionRun(images, specification, index, inputSize);

        var detections = new List<(string Variant, IReadOnlyList<Detection> Detections)>();
        foreach (var (variant, artifact) in GraphVariants(specification))
        {
            detections.Add((variant, DetectionFile.Read(await context.OpenInputAsync(artifact, cancellationToken))));
        }

        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = specification.Build.Threads });
        foreach (var (variant, engine, output) in EngineVariants)
        {
            using var detector = new EngineDetector(
                backend.Load(await context.OpenInputAsync(engine, cancellationToken)));
            var found = await run
                .DetectAsync(detector, DatasetSplit.Validation, index.Validation, $"AP of {variant}", context.Progress, cancellationToken);
            DetectionFile.Write(context.OutputPath(output), found);
            detections.Add((variant, found));
        }

        var tensors = await CompareTensorsAsync(context, run.Protocol, index, cancellationToken);
        context.Progress.Report(new StageProgress("bootstrap intervals", 0, 1));
        var report = new EvaluationReport
        {
            Protocol = run.Protocol.Name,
            InputSize = run.Protocol.InputSize,
            LoadSize = run.Protocol.LoadSize,
            Images = index.Validation.Count,
            Variants = Compare(truth, detections, specification),
            Agreement = DetectionAgreement.Compare(
                detections.Last(item => item.Variant is Variants.Ptq or Variants.Qat).Detections,
                detections.Single(item => item.Variant == Variants.Int8Engine).Detections),
            Tensors = tensors,
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.EvaluationReport, report, cancellationToken);
    }

    private async Task<IReadOnlyList<TensorAgreement>> CompareTensorsAsync(
        IStageContext context, EvaluationProtocol protocol, DatasetIndex index, CancellationToken cancellationToken)
    {
        context.Progress.Report(new StageProgress("comparing tensors of the INT8 engine with their simulation", 0, 1));
        var model = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.OrtCpuForm, cancellationToken));
        IReadOnlyList<IndexedImage> wanted = [.. index.Validation.Take(ComparedImages)];
        var options = new OrtCpuOptions { Threads = context.Specification.Build.Threads };
        using var batch = await images
            .ReadAsync(context.Specification, DatasetSplit.Validation, wanted, protocol, wanted.Count, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw new CocoException(
                "No validation image could be read: the engine cannot be compared with its simulation; check data.validation.");
        return await OrtTensorAgreement.CompareAsync(
            model, options with { InputSize = (batch.Height, batch.Width) }, batch.Pixels, batch.Count, cancellationToken);
    }

    private static (string Variant, string Engine, string Detections)[] EngineVariants { get; } =
    [
        (Variants.FloatEngine, ArtifactNames.FloatEngine, ArtifactNames.FloatEngineDetections),
        (Variants.Int8Engine, ArtifactNames.Int8Engine, ArtifactNames.Int8EngineDetections),
    ];

    private static IReadOnlyList<(string Variant, string Detections)> GraphVariants(RunSpecification specification) =>
    [
        (Variants.Float, ArtifactNames.FloatDetections),
        (Variants.Ptq, ArtifactNames.PtqDetections),
        .. specification.Qat is null ? Array.Empty<(string, string)>() : [(Variants.Qat, ArtifactNames.QatDetections)],
    ];

    private static VariantEvaluation[] Compare(
        CocoDataset truth, IReadOnlyList<(string Variant, IReadOnlyList<Detection> Detections)> detections, RunSpecification specification)
    {
        var evaluations = detections.Select(item => (item.Variant, Evaluation: CocoEvaluator.Evaluate(truth, item.Detections))).ToArray();
        var reference = evaluations[0].Evaluation;
        return [.. evaluations.Select(item => new VariantEvaluation(
            item.Variant,
            item.Evaluation.Metrics,
            item.Evaluation.PerCategory,
            item.Variant == Variants.Float
                ? null
                : PairedBootstrap.Compare(
                    reference, item.Evaluation, specification.Evaluation.BootstrapReplicates, (ulong)specification.Seed),
            MeanPrecisionAt50(item.Evaluation)))];
    }

    private static double[] MeanPrecisionAt50(CocoEvaluation evaluation)
    {
        var categories = Enumerable.Range(0, evaluation.PerCategory.Count)
            .Where(category => evaluation.Precision(0, 0, category, 0, 2) > -1)
            .ToArray();
        return [.. Enumerable.Range(0, EvaluationGrid.RecallThresholds.Count).Select(recall =>
            categories.Length == 0 ? 0 : categories.Average(category => evaluation.Precision(0, recall, category, 0, 2)))];
    }
}
