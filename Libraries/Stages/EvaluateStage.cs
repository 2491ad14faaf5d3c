using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
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
    private const int ComparedImages = 2;

    /// <inheritdoc/>
    public string Name => StageNames.Evaluate;

    /// <inheritdoc/>
    public int Version => 5;

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
                    evaluated.Target == TargetNames.OrtCpu ? await CompareTensorsAsync(context, plain, index, cancellationToken) : []));
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

    private static async Task<IReadOnlyList<TensorAgreement>> CompareTensorsAsync(
        IStageContext context, DetectionRun run, DatasetIndex index, CancellationToken cancellationToken)
    {
        context.Progress.Report(new StageProgress("comparing tensors of the INT8 engine with their simulation", 0, 1));
        var model = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.OrtCpuForm, cancellationToken));
        var count = model.Inputs[0].Shape is [{ Value: > 1 and var size }, ..] ? (int)size : ComparedImages;
        IReadOnlyList<IndexedImage> wanted =
            [.. Enumerable.Range(0, count).Select(position => index.Validation[position % index.Validation.Count])];
        var options = new OrtCpuOptions { Threads = context.Specification.Build.Threads };
        using var batch = await run.Images
            .ReadAsync(context.Specification, DatasetSplit.Validation, wanted, run.Protocol, wanted.Count, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw new CocoException(
                "No validation image could be read: the engine cannot be compared with its simulation; check data.validation.");
        var tensors = await OrtTensorAgreement.CompareAsync(
            model, options with { InputSize = (batch.Height, batch.Width) }, batch.Pixels, batch.Count, cancellationToken);
        AgreementGate.Require(model, tensors);
        return tensors;
    }

    private static IReadOnlyList<(string Variant, string Detections)> GraphVariants(RunSpecification specification) =>
    [
        (Variants.Float, ArtifactNames.FloatDetections),
        (Variants.Ptq, ArtifactNames.PtqDetections),
        .. specification.Qat is null ? Array.Empty<(string, string)>() : [(Variants.Qat, ArtifactNames.QatDetections)],
    ];
}
