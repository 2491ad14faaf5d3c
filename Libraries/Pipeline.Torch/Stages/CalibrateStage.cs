using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QatPipeline.Coco;
using QatPipeline.Coco.Detections;
using QatPipeline.Contracts;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Specification;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Calibration;
using QatPipeline.Pipeline.Torch.Detectors;
using QatPipeline.Quantization;
using QatPipeline.Torch;
using QatPipeline.Torch.PostTraining;

namespace QatPipeline.Pipeline.Torch.Stages;

/// <summary>Post-training quantization: places quantizers, collects ranges, compares the calibration methods by AP and keeps the best.</summary>
public sealed class CalibrateStage(IImageSource images) : IStage
{
    public string Name => StageNames.Calibrate;

    public int Version => 1;

    public bool IsIncluded(RunSpecification specification) => true;

    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        specification.Train is null ? ArtifactNames.ModelSource : ArtifactNames.TrainedModel,
        .. GraphEvaluation.Inputs,
    ];

    public object Configuration(RunSpecification specification) => new
    {
        specification.Model.InputSize,
        specification.Target,
        specification.Calibration,
        specification.Partial,
        specification.Evaluation,
    };

    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var model = ModelImport.Prepare(OnnxReader.Read(await context.OpenInputAsync(Inputs(specification)[0], cancellationToken).ConfigureAwait(false)));
        OnnxWriter.Write(model, context.OutputPath(ArtifactNames.FloatModel));
        var evaluation = await GraphEvaluation.OpenAsync(context, images, model, cancellationToken).ConfigureAwait(false);
        var original = await evaluation.MeasureAsync("float", model, ExecutionMode.Float, cancellationToken).ConfigureAwait(false);
        DetectionFile.Write(context.OutputPath(ArtifactNames.FloatDetections), original.Detections);

        using var calibrator = await CollectAsync(context, model, evaluation, cancellationToken).ConfigureAwait(false);
        var candidates = new List<Candidate>();
        foreach (var method in specification.Calibration.Methods.Select(CalibrationMethods.Parse))
        {
            var graph = calibrator.Calibrate(method);
            candidates.Add(new Candidate(method.Name(), graph, await evaluation.MeasureAsync(method.Name(), graph, ExecutionMode.FakeQuantize, cancellationToken).ConfigureAwait(false)));
        }

        var best = specification.Calibration.Method == "best"
            ? candidates.MaxBy(candidate => candidate.Measured.SelectionAp)!
            : candidates.Find(candidate => candidate.Method == specification.Calibration.Method)
                ?? throw new SpecificationException($"calibration.method is '{specification.Calibration.Method}', which calibration.methods does not list");
        OnnxWriter.Write(best.Graph, context.OutputPath(ArtifactNames.PtqGraph));
        DetectionFile.Write(context.OutputPath(ArtifactNames.PtqDetections), best.Measured.Detections);
        var report = new CalibrationReport
        {
            Images = (int)calibrator.Images,
            ListSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(ImagesOf(specification, evaluation.Index).Select(image => image.Sha256))))),
            Float = FiguresOf("float", original),
            Methods = [.. candidates.Select(candidate => FiguresOf(candidate.Method, candidate.Measured))],
            ChosenMethod = best.Method,
            Reason = specification.Calibration.Method == "best" ? "highest AP on the calibration images" : "named by the specification",
            Quantizers = [.. best.Graph.Quantizers.Where(quantizer => !quantizer.IsWeight).Select(quantizer => Summarise(quantizer, calibrator))],
        };
        await File.WriteAllBytesAsync(
            context.OutputPath(ArtifactNames.CalibrationReport), JsonSerializer.SerializeToUtf8Bytes(report, PipelineJson.Options), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Calibrator> CollectAsync(IStageContext context, Graph model, GraphEvaluation evaluation, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var placed = model.Clone();
        QuantizerPlacement.Place(placed, new PlacementOptions
        {
            Target = specification.Target == "tensorrt" ? QuantizationTarget.TensorRt : QuantizationTarget.OrtCpu,
            SkipNodes = [.. new PlacementOptions().SkipNodes, .. specification.Partial.Skip],
        });
        var calibrator = new Calibrator(placed, new CalibrationOptions { Percentile = specification.Calibration.Percentile });
        var wanted = ImagesOf(specification, evaluation.Index);
        var batches = images.ReadAsync(specification, DatasetSplit.Calibration, wanted, evaluation.Run.Protocol, specification.Calibration.Batch, cancellationToken);
        await foreach (var batch in batches.ConfigureAwait(false))
        {
            using (batch)
            {
                calibrator.Collect(batch.ToPixels());
                context.Progress.Report(new StageProgress("collecting ranges", calibrator.Images, wanted.Count));
            }
        }

        return calibrator;
    }

    private static IReadOnlyList<IndexedImage> ImagesOf(RunSpecification specification, DatasetIndex index) =>
        specification.Calibration.Images > 0 ? [.. index.Calibration.Take(specification.Calibration.Images)] : index.Calibration;

    private static MethodFigures FiguresOf(string method, MeasuredGraph measured) => new(method, measured.SelectionAp, measured.ValidationAp);

    private static RangeSummary Summarise(Quantizer quantizer, Calibrator calibrator) => new(
        quantizer.Name,
        quantizer.Scheme.ToString(),
        quantizer.IsEnabled,
        quantizer.Ranges[0].Low,
        quantizer.Ranges[0].High,
        CalibrationMethods.All.ToDictionary(method => method.Name(), method => (double)calibrator.Statistics[quantizer.Name].RangeFor(method, quantizer.Scheme).Amax));

    private sealed record Candidate(string Method, Graph Graph, MeasuredGraph Measured);
}
