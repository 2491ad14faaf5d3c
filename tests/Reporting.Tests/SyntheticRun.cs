using System.Text.Json;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Quantization.Search;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;
using SkiaSharp;

namespace QatPipeline.Reporting.Tests;

/// <summary>A finished run of made-up figures, in a store of its own, with names that try to become markup.</summary>
internal sealed class SyntheticRun : IDisposable
{
    public const string Hostile = "<script>alert(\"x\")</script>";

    private static readonly CocoMetrics Metrics = new(0.4, 0.6, 0.5, 0.1, 0.4, -1, 0.3, 0.4, 0.5, 0.2, 0.5, -1);
    private static readonly string[] VariantNames =
        [Variants.Float, Variants.Ptq, Variants.Qat, Variants.FloatEngine, Variants.Int8Engine];

    private readonly ScratchFolder _folder = new();
    private readonly ArtifactStore _store;
    private readonly List<ArtifactReference> _artifacts = [];

    public SyntheticRun() => _store = new ArtifactStore(
        new FolderBlobStore(_folder.PathOf("store")), new ArtifactCache(_folder.PathOf("cache"), 1 << 30, TimeProvider.System));

    /// <param name="imported">What was brought back of two TensorRT engines that the run delivered; null where it delivered none.</param>
    public async Task<RunReportContext> CreateAsync(ImportedResults? imported = null)
    {
        _artifacts.Clear();
        var pictures = Directory.CreateDirectory(_folder.PathOf("pictures")).FullName;
        using (var picture = new SKBitmap(64, 48))
        using (var jpeg = picture.Encode(SKEncodedImageFormat.Jpeg, 80))
        {
            await File.WriteAllBytesAsync(Path.Combine(pictures, "one.jpg"), jpeg.ToArray());
        }

        string[] models =
        [
            ArtifactNames.FloatGraph, ArtifactNames.PtqGraph, ArtifactNames.QatGraph, ArtifactNames.FloatEngine, ArtifactNames.Int8Engine,
            ArtifactNames.CalibrationCache, ArtifactNames.TensorRtQdqForm, ArtifactNames.OrtCpuForm,
        ];
        foreach (var name in models)
        {
            await PutAsync(name, name);
        }

        await PutAsync(ArtifactNames.DatasetIndex, new
        {
            categories = new[] { new { id = 1, name = Hostile } },
            calibration = Array.Empty<int>(),
            training = Array.Empty<int>(),
            validation = new[] { new { set = 0, id = 7, file = "one.jpg", width = 64, height = 48, sha256 = "00" } },
            skipped = Array.Empty<int>(),
        });
        await PutAsync(ArtifactNames.FloatDetections, Detections(10));
        await PutAsync(ArtifactNames.Int8EngineDetections, Detections(40));
        await PutAsync(ArtifactNames.EvaluationReport, Evaluation());
        if (imported is not null)
        {
            await PutAsync(ArtifactNames.TensorRtBuild, Delivered);
            await PutAsync(ArtifactNames.TensorRtResults, imported);
        }

        await PutAsync(ArtifactNames.CalibrationReport, Calibration());
        await PutAsync(ArtifactNames.TrainingHistory, new TrainingHistory([Epoch(0), Epoch(1)], 1, 0.25));
        await PutAsync(
            ArtifactNames.FloatTrainingHistory,
            new FloatTrainingHistory([new EpochRecord(0, Loss("class", 1.5), null)], [Epoch(0), Epoch(1)], 0));
        var specification = new RunSpecification
        {
            Name = Hostile,
            Model = new ModelSpecification { Onnx = "/models/a.onnx" },
            Data = new DataSpecification { Validation = [new DatasetSpecification { Annotations = "a.json", Images = pictures }] },
        };
        return new RunReportContext(new RunContext("run-1", specification), Stages(), _artifacts, [], _store);
    }

    public void Dispose() => _folder.Dispose();

    private static object[] Detections(double left) =>
        [new { image_id = 7, category_id = 1, bbox = new[] { left, 5, 15, 15 }, score = 0.9 }];

    private static CalibrationReport Calibration() => new()
    {
        Images = 4,
        ListSha256 = new string('0', 64),
        Float = new MethodFigures("float", 0.4, 0.4),
        Methods = [new MethodFigures("max", 0.2, null), new MethodFigures("entropy", 0.35, null)],
        ChosenMethod = "entropy",
        Reason = Hostile,
        BiasCorrection = new BiasCorrectionFigures(0.34, 0.35, true),
        Search = new SearchFigures(
            4, 0.4, 0.39, 5, null,
            [new SearchStep(Hostile, [Hostile], new SearchMeasurement(0.3, 2.5), MeetsBudget: true, "meets")],
            [Hostile], [], MeetsBudget: true, "1 of 2 layers stay float: " + Hostile,
            new PlacementFigures(5, 2.5, 5.1, IsNotSlower: false, 2, [new TimedPlacement(Hostile, 1, 2.5, IsKept: true)])),
        Final = new MethodFigures("entropy", 0.35, 0.35),
        Coverage = new MacCoverage(60, 100),
        Layers = [Layer(Hostile, false, "quantized as well: " + Hostile), Layer("conv", true, null)],
        Unplaced = [new UnplacedLayer("head", 5, "partial.skip names it")],
        Quantizers =
        [
            new RangeSummary(
                Hostile, "SignedSymmetric", Enabled: false, -1, 1,
                new Dictionary<string, double> { ["max"] = 2, ["entropy"] = 1 },
                new MagnitudeHistogram(0, 0.5, [900, 30, 5, 1])),
        ],
    };

    private static TensorRtBuild Delivered { get; } = new()
    {
        Status = EngineBuildStatus.Delivered,
        Builder = "TensorRT, to be built elsewhere",
        Route = "auto",
        Remark = "unpack it",
        Engines = [.. new[] { 1, 32 }.Select(batch => new TensorRtEngineName(EnginePrecision.Int8, batch))
            .Select(engine => new TensorRtEngineFile(engine.Variant, engine.File, [], null, null))],
    };

    private static LayerFigures Layer(string name, bool isQuantized, string? reason) =>
        new(name, "dense", 100, new OutputError(21.5, 0.999), new OutputError(null, 0.99), 0.01, isQuantized, reason);

    private static EpochRecord Epoch(int epoch) => new(epoch, Loss("feature", 1.0 / (epoch + 1)), 0.3);

    private static Dictionary<string, double> Loss(string item, double value) => new() { [item] = value };

    private static EvaluationReport Evaluation() => new()
    {
        Protocol = "E2",
        InputSize = 64,
        LoadSize = 64,
        Images = 1,
        Agreements =
        [
            new EngineAgreement(
                Variants.Int8Engine,
                TargetNames.OrtCpu,
                new DetectionAgreement(2, 2, 1, 0.01, 0.95, []),
                [new TensorAgreement(Hostile, Hostile, 4, 0.5, 0.25, 3)]),
        ],
        Variants = [.. VariantNames.Select(variant => new VariantEvaluation(
            variant,
            Metrics,
            [new CategoryMetrics(1, Hostile, 0.4, 0.6)],
            variant == Variants.Float ? null : new ApDifference(0.4, 0.38, -0.02, -0.04, 0.01, 0.95, 100),
            [1.0, 0.5, 0.1]))],
    };

    internal static EngineTiming Timing(int batch) => new()
    {
        Batch = batch,
        Execution = BatchExecution.Native,
        Latency = LatencyStatistics.Of([1, 2, 3], 99),
        ImagesPerSecond = 500.0 / batch,
        Quantiles = [1, 2, 3],
        RunAverages = [1, 2],
        Options = new TimingOptions(),
        Environment = Hostile,
    };

    private List<StageResult> Stages()
    {
        var timings = new Dictionary<string, EngineTiming[]>
        {
            [Variants.FloatEngine] = [Timing(1)],
            [Variants.Int8Engine] = [Timing(1), Timing(32)],
        };
        return
        [
            Stage(StageNames.Calibrate, [], [_artifacts[1]], []),
            Stage(StageNames.Build, [_artifacts[1]], [_artifacts[4]],
                new() { [BuildTimings.Measurement] = JsonSerializer.SerializeToElement(timings, PipelineJson.Options) }),
        ];
    }

    private static StageResult Stage(
        string name, IReadOnlyList<ArtifactReference> inputs, IReadOnlyList<ArtifactReference> outputs,
        Dictionary<string, JsonElement> measurements) =>
        new(
            new StageRecord
            {
                Key = new string('a', 64),
                Stage = name,
                Version = 1,
                RunId = "run-1",
                Configuration = JsonSerializer.SerializeToElement(new { }),
                Inputs = inputs,
                Outputs = outputs,
                Measurements = measurements,
                Host = Hostile,
                Processes = 2,
                Started = DateTimeOffset.UnixEpoch,
                Finished = DateTimeOffset.UnixEpoch.AddSeconds(90),
            },
            Reused: false);

    private async Task PutAsync(string name, object content)
    {
        var path = _folder.PathOf(name);
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(content, PipelineJson.Options));
        _artifacts.Add(await _store.PutAsync(name, path, CancellationToken.None));
    }
}
