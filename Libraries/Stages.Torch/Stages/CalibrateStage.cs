using System.Security.Cryptography;
using System.Text;
using QatPipeline.Coco.Detections;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Stages.Building;
using QatPipeline.Stages.Torch.Calibration;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.PostTraining;

namespace QatPipeline.Stages.Torch.Stages;

/// <summary>
/// Post-training quantization: places quantizers, collects ranges, keeps the best calibration method by AP, and searches the layers to
/// leave float.
/// </summary>
public sealed class CalibrateStage(IImageSource images) : IStage
{
    private const string StatisticsCheckpoint = "statistics.bin";
    private const int BiasCorrectionImages = 32;

    /// <inheritdoc/>
    public string Name => StageNames.Calibrate;

    /// <inheritdoc/>
    public int Version => 10;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
        [.. ModelImport.Inputs(specification), .. GraphEvaluation.Inputs, .. StrictCalibration.Inputs(specification)];

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Model.InputSize,
        specification.Model.Detector,
        Network = specification.Train is null ? Yolov6Models.KeyOf(specification) : null,
        specification.Target,
        Machine = CalibrationMachine.KeyOf(specification),
        TimedOn = CalibrationMachine.TimedOn(StrictCalibration.Effective(specification)),
        StrictCalibration.Effective(specification).Calibration,
        StrictCalibration.Effective(specification).Partial,
        IsStrict = StrictCalibration.IsOn(specification),
        Augmentation = StrictCalibration.IsOn(specification) ? QatTraining.AugmentationOf(specification) : null,
        TrainingFollows = specification.Qat is not null,
        specification.Evaluation,
    };

    /// <inheritdoc/>
    public Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken) =>
        TorchThread.RunAsync(() => WorkAsync(context, cancellationToken));

    private async Task WorkAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = StrictCalibration.Effective(context.Specification);
        var machine = RunMachine.Of(specification.Build);
        var model = await ModelImport.ReadAsync(context, cancellationToken);
        var evaluation = await GraphEvaluation.OpenAsync(context, images, model, isKnown: false, cancellationToken);
        evaluation.Run.Model.Record(model);
        OnnxWriter.Write(model, context.OutputPath(ArtifactNames.FloatGraph));
        var original = await evaluation.MeasureValidationAsync("float", model, ExecutionMode.Float, cancellationToken);
        var warning = FloatApCheck.Require(context, evaluation, original);
        DetectionFile.Write(context.OutputPath(ArtifactNames.FloatDetections), original.Detections);

        var given = await CheckpointRanges.ReadAsync(context, model, cancellationToken);
        specification = given?.Graph is null ? specification : CheckpointRanges.Settled(specification);
        using var calibrator = given?.Graph is null ? await CollectAsync(context, model, evaluation, cancellationToken) : null;
        Graph CalibratedBy(string method) => calibrator is null
            ? given!.Graph!
            : StrictCalibration.Calibrate(calibrator, CalibrationMethods.Parse(method), specification);

        var measured = await MeasuredFigures.OpenAsync(context.Checkpoints, cancellationToken);
        var floatAp = await SelectionApAsync("float", model, ExecutionMode.Float, evaluation, measured, cancellationToken);
        var methods = new List<MethodFigures>();
        foreach (var method in specification.Calibration.Methods)
        {
            var exported = StrictCalibration.AsExported(CalibratedBy(method), specification);
            var ap = await SelectionApAsync(method, exported, ExecutionMode.FakeQuantize, evaluation, measured, cancellationToken);
            methods.Add(new MethodFigures(method, ap, ValidationAp: null));
        }

        var best = Choose(specification.Calibration, methods);
        var calibrated = CalibratedBy(best.Method);
        var timing = PlacementTiming.Of(context, specification);
        var choice = timing is null ? null : await timing.ChooseAsync(model, calibrated, machine, cancellationToken);
        var placement = new LayerPlacement(specification, calibrated, machine, choice);
        var analysis = await LayerAnalysis.RunAsync(
            context, specification.Partial, evaluation, calibrated, placement.Candidates, cancellationToken);
        var search = specification.Partial.Enabled
            ? await new PartialSearch(specification, evaluation, measured, machine, timing?.Timer)
                .RunAsync(model, placement, analysis.SearchLayers, cancellationToken)
            : ((SearchFigures Figures, Graph Graph)?)null;
        var floatLayers = search?.Figures.FloatLayers ?? [];
        var (graph, finalAp, correction) = await FinishAsync(
            context, specification.Calibration, evaluation, search?.Graph ?? calibrated, cancellationToken);
        var final = await evaluation.MeasureValidationAsync(
            "the calibrated graph",
            StrictCalibration.AsExported(graph, context.Specification),
            ExecutionMode.FakeQuantize,
            cancellationToken);

        OnnxWriter.Write(graph, context.OutputPath(ArtifactNames.PtqGraph));
        QuantizedCheckpointArtifact.Write(context, ArtifactNames.PtqCheckpoint, graph);
        DetectionFile.Write(context.OutputPath(ArtifactNames.PtqDetections), final.Detections);
        var report = new CalibrationReport
        {
            Images = (int)(calibrator?.Images ?? 0),
            ListSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
                string.Concat((calibrator is null ? [] : ImagesOf(specification, evaluation.Index)).Select(image => image.Sha256))))),
            Detector = evaluation.Reading,
            Warning = warning,
            Remarks = model.Remarks.Count > 0 ? model.Remarks : null,
            Float = new MethodFigures("float", floatAp, original.ValidationAp),
            Methods = methods,
            ChosenMethod = best.Method,
            Reason = ReasonOf(specification, given),
            BiasCorrection = correction,
            Search = search?.Figures,
            Final = new MethodFigures(best.Method, finalAp, final.ValidationAp),
            Coverage = analysis.Coverage(floatLayers),
            Layers = analysis.Figures(FloatLayerReasons.OfSearch(search?.Figures)),
            Unplaced = analysis.Unplaced(specification.Partial.Skip),
            Quantizers = RangeSummaries.Of(graph, calibrator?.Statistics),
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.CalibrationReport, report, cancellationToken);
    }

    private static async Task<double> SelectionApAsync(
        string name,
        Graph graph,
        ExecutionMode mode,
        GraphEvaluation evaluation,
        MeasuredFigures measured,
        CancellationToken cancellationToken)
    {
        var figures = await measured.GetAsync(
            $"method: {name}",
            async () => [await evaluation.MeasureSelectionAsync(name, graph, mode, images: 0, cancellationToken)],
            cancellationToken);
        return figures[0];
    }

    private static string ReasonOf(RunSpecification specification, CheckpointRanges? given) => given switch
    {
        { Graph: not null } => "the ranges that the checkpoint holds",
        _ when specification.Calibration.Method == "best" => "highest AP on the calibration images",
        null => "named by the specification",
        _ => "named by the specification; the ranges that the checkpoint holds are set aside",
    };

    private static MethodFigures Choose(CalibrationSpecification calibration, List<MethodFigures> methods) =>
        calibration.Method == "best"
            ? methods.MaxBy(method => method.SelectionAp)
                ?? throw new SpecificationException("calibration.methods is empty: name at least one method.")
            : methods.Find(method => method.Method == calibration.Method)
                ?? throw new SpecificationException(
                    $"calibration.method is '{calibration.Method}', which calibration.methods does not list.");

    /// <summary>
    /// Corrects the biases where that is asked for and does no harm; the AP is that of what is handed on, on the calibration images.
    /// </summary>
    private static async Task<(Graph Graph, double SelectionAp, BiasCorrectionFigures? Correction)> FinishAsync(
        IStageContext context,
        CalibrationSpecification calibration,
        GraphEvaluation evaluation,
        Graph graph,
        CancellationToken cancellationToken)
    {
        var plain = await evaluation.MeasureSelectionAsync(
            "the chosen graph",
            StrictCalibration.AsExported(graph, context.Specification),
            ExecutionMode.FakeQuantize,
            images: 0,
            cancellationToken);
        if (!calibration.BiasCorrection
            || !graph.Quantizers.Exists(quantizer => quantizer is { IsWeight: true, IsEnabled: true }))
        {
            return (graph, plain, null);
        }

        var wanted = evaluation.FirstCalibrationImages(BiasCorrectionImages);
        var atOnce = evaluation.MostAtOnce ?? wanted.Count;
        var batches = await evaluation.Run.Images
            .ReadAsync(context.Specification, DatasetSplit.Calibration, wanted, evaluation.Run.Protocol, atOnce, cancellationToken)
            .ToArrayAsync(cancellationToken);
        if (batches.Length == 0)
        {
            throw new GraphException("No calibration image could be read: biases cannot be corrected; check data.calibration.");
        }

        context.Progress.Report(new StageProgress("correcting biases", 0, 1));
        var corrected = BiasCorrection.Apply(graph, [.. batches.Select(batch => batch.ToPixels())]);
        Array.ForEach(batches, batch => batch.Dispose());
        var result = await evaluation.MeasureSelectionAsync(
            "corrected biases", corrected, ExecutionMode.FakeQuantize, images: 0, cancellationToken);
        var isKept = result >= plain;
        var figures = new BiasCorrectionFigures(plain, result, isKept);
        return isKept ? (corrected, result, figures) : (graph, plain, figures);
    }

    private static async Task<Calibrator> CollectAsync(
        IStageContext context, Graph model, GraphEvaluation evaluation, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var placed = model.Clone();
        var target = TargetRegistry.Get(specification.Target);
        target.Place(placed, new PlacementOptions
        {
            SkipNodes = [.. new PlacementOptions().SkipNodes, .. specification.Partial.Skip],
            TransposedConvolutionAxis = specification.Calibration.DeconvolutionAxis,
            WeightScheme = CalibrationMachine.WeightSchemeOf(specification, RunMachine.Of(specification.Build)),
        });
        var calibrator = new Calibrator(placed, new CalibrationOptions { Percentile = specification.Calibration.Percentile });
        var wanted = ImagesOf(specification, evaluation.Index);
        if (await context.Checkpoints.ReadAsync(StatisticsCheckpoint, cancellationToken) is { } saved)
        {
            using var reader = new BinaryReader(new MemoryStream(saved));
            calibrator.Load(reader);
            return calibrator;
        }

        await (StrictCalibration.IsOn(specification)
            ? StrictCalibration.CollectAsync(context, evaluation, calibrator, cancellationToken)
            : CollectAsync(context, evaluation, wanted, calibrator, cancellationToken));
        using var state = new MemoryStream();
        using (var writer = new BinaryWriter(state, Encoding.UTF8, leaveOpen: true))
        {
            calibrator.Save(writer);
        }

        await context.Checkpoints.WriteAsync(StatisticsCheckpoint, state.ToArray(), cancellationToken);
        return calibrator;
    }

    private static async Task CollectAsync(
        IStageContext context,
        GraphEvaluation evaluation,
        IReadOnlyList<IndexedImage> wanted,
        Calibrator calibrator,
        CancellationToken cancellationToken)
    {
        var batches = evaluation.Run.Images.ReadAsync(
            context.Specification,
            DatasetSplit.Calibration,
            wanted,
            evaluation.Run.Protocol,
            evaluation.CalibrationBatch,
            cancellationToken);
        await foreach (var batch in batches)
        {
            using (batch)
            {
                calibrator.Collect(batch.ToPixels());
                context.Progress.Report(new StageProgress("collecting ranges", calibrator.Images, wanted.Count));
            }
        }
    }

    private static IReadOnlyList<IndexedImage> ImagesOf(RunSpecification specification, DatasetIndex index) =>
        specification.Calibration.Images > 0 ? [.. index.Calibration.Take(specification.Calibration.Images)] : index.Calibration;
}
