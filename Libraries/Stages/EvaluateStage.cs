using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>
/// Runs the engines over the validation images and puts every variant's AP side by side, with intervals of the differences.
/// </summary>
public sealed class EvaluateStage(IImageSource images) : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Evaluate;

    /// <inheritdoc/>
    public int Version => 6;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        ArtifactNames.DatasetIndex,
        ArtifactNames.ValidationAnnotations,
        ArtifactNames.FloatGraph,
        .. specification.Targets.Select(ArtifactNames.ExplicitForm),
        .. specification.Targets.SelectMany(target => target == TargetNames.OrtCpu
            ? new[] { ArtifactNames.FloatEngine, ArtifactNames.Int8Engine }
            : [ArtifactNames.FloatForm, ArtifactNames.TensorRtBuild]),
        .. GraphVariants(specification).Select(variant => variant.Detections),
    ];

    /// <inheritdoc/>
    public IEnumerable<string> FurtherInputs(IEnumerable<string> known) => known.Where(name => TensorRtEngineName.Parse(name) is not null);

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Seed,
        specification.Model.InputSize,
        specification.Evaluation,
        specification.Targets,
        specification.Build.Threads,
        specification.Build.Batches,
        specification.Build.ApBatches,
    };

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken),
            cancellationToken);
        var truth = CocoDataset.Read(
            await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken), "");
        var model = RunDetector.Of(
            OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatGraph, cancellationToken)),
            specification);
        var plain = new DetectionRun(images, specification, index, model);
        var protocol = plain.Protocol;

        var detections = new List<(string Variant, IReadOnlyList<Detection> Detections)>();
        foreach (var (variant, artifact) in GraphVariants(specification))
        {
            detections.Add((variant, DetectionFile.Read(await context.OpenInputAsync(artifact, cancellationToken))));
        }

        var simulated = detections[^1].Detections;
        var simulations = specification.Targets.ToDictionary(target => target, _ => simulated);
        var agreements = new List<EngineAgreement>();
        var tensors = new TensorComparison(context, plain, index);
        await foreach (var evaluated in EvaluatedModel.OfAsync(context, cancellationToken))
        {
            using var detector = new EngineDetector(evaluated.Load());
            var run = new DetectionRun(images, specification, index, model) { Batch = evaluated.Batch ?? plain.Batch };
            var found = await run.DetectAsync(
                detector, DatasetSplit.Validation, index.Validation, $"AP of {evaluated.Variant}", context.Progress, cancellationToken);
            DetectionFile.Write(context.OutputPath(evaluated.Detections), found);
            detections.Add((evaluated.Variant, found));
            if (!evaluated.IsEngine)
            {
                simulations[evaluated.Target] = found;
            }
            else if (evaluated.Precision == EnginePrecision.Int8)
            {
                agreements.Add(new EngineAgreement(
                    evaluated.Variant,
                    evaluated.Target,
                    DetectionAgreement.Compare(simulations[evaluated.Target], found),
                    await tensors.OfAsync(evaluated, cancellationToken)));
            }
        }

        context.Progress.Report(new StageProgress("bootstrap intervals", 0, 1));
        var report = new EvaluationReport
        {
            Protocol = protocol.Name,
            InputSize = protocol.InputSize,
            LoadSize = protocol.LoadSize,
            Images = index.Validation.Count,
            Variants = VariantComparison.Of(truth, detections, specification),
            Agreements = agreements,
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.EvaluationReport, report, cancellationToken);
    }

    private static IReadOnlyList<(string Variant, string Detections)> GraphVariants(RunSpecification specification) =>
    [
        (Variants.Float, ArtifactNames.FloatDetections),
        (Variants.Ptq, ArtifactNames.PtqDetections),
        .. specification.Qat is null ? Array.Empty<(string, string)>() : [(Variants.Qat, ArtifactNames.QatDetections)],
    ];
}
