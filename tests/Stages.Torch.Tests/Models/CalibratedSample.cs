using QatPipeline.Coco.Detections;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Torch.Detectors;
using QatPipeline.Stages.Torch.Engines;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using static TorchSharp.torch;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>A sample's network, calibrated on few pictures.</summary>
/// <param name="sample">The file of the run, below <c>samples</c>.</param>
/// <param name="take">A data set with that many pictures alone.</param>
/// <param name="images">Validation pictures.</param>
/// <param name="placed">Leaves the layers float that are not worth integers; false quantizes every layer that can be.</param>
public abstract class CalibratedSample(
    string sample, Func<DatasetSpecification, int, DatasetSpecification> take, int images, bool placed) : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();

    /// <summary>Where its files are.</summary>
    internal ScratchFolder Folder => _folder;

    /// <summary>With calibrated quantizers.</summary>
    internal Graph Graph { get; private set; } = null!;

    /// <summary>In the form for ort-cpu.</summary>
    internal Graph Model { get; private set; } = null!;

    /// <summary>Runs detectors over the validation pictures.</summary>
    internal DetectionRun Run { get; private set; } = null!;

    /// <summary>The validation pictures.</summary>
    internal IReadOnlyList<IndexedImage> Pictures { get; private set; } = [];

    private RunSpecification Specification { get; set; } = null!;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        Specification = Small(RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", sample)));
        var context = new FolderContext(Specification, _folder.FullName);
        var token = TestContext.Current.CancellationToken;
        await new DatasetStage().ExecuteAsync(context, token);
        await new CalibrateStage(new LocalImageSource()).ExecuteAsync(context, token);
        Graph = OnnxReader.Read(_folder.PathOf(ArtifactNames.PtqGraph));
        Model = TargetRegistry.Build(Graph, "ort-cpu").Graph;
        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), token);
        Run = new DetectionRun(new LocalImageSource(), Specification, index, RunDetector.Of(Graph, Specification));
        Pictures = index.Validation;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The validation pictures as one batch.</summary>
    internal async Task<ImageBatch> BatchAsync(CancellationToken cancellationToken) => await Run.Images
        .ReadAsync(Specification, DatasetSplit.Validation, Pictures, Run.Protocol, images, cancellationToken)
        .FirstAsync(cancellationToken);

    /// <summary>Values of a fake-quantized graph inside LibTorch, each network computing its own from the pictures on.</summary>
    internal static float[][] Simulate(Graph graph, ImageBatch batch, string[] values)
    {
        using var network = new TorchNetwork(graph) { Mode = ExecutionMode.FakeQuantize };
        using var scope = NewDisposeScope();
        var pixels = batch.ToPixels().ToTensor(network.Device);
        var inner = network.Forward(pixels, [.. values.Where(value => !network.Inputs.Contains(value))]);
        return [.. values.Select(value => QatPipeline.Torch.TensorConversion.ToFloats(inner.GetValueOrDefault(value, pixels)))];
    }

    /// <summary>Builds the INT8 engine of a model.</summary>
    internal async Task<IEngine> BuildAsync(IEngineBackend backend, Graph model, CancellationToken cancellationToken)
    {
        var path = _folder.PathOf("compared.onnx");
        OnnxWriter.Write(model, path);
        var built = await backend.BuildAsync(
            new EngineBuildRequest
            {
                OnnxPath = path,
                OutputFolder = _folder.FullName,
                Name = "built",
                Precision = EnginePrecision.Int8,
                Timing = TimingOptions.Untimed,
            },
            cancellationToken);
        return backend.Load(built.Engines[0].Path);
    }

    /// <summary>Values inside a model's INT8 engine.</summary>
    internal async Task<float[][]> RunAsync(
        IEngineBackend backend, Graph model, ImageBatch batch, string[] values, CancellationToken cancellationToken)
    {
        using var engine = await BuildAsync(backend, model, cancellationToken);
        var step = engine.Input.FixedBatch ?? batch.Count;
        var length = batch.Pixels.Length / batch.Count * step;
        var runs = Enumerable.Range(0, batch.Count / step)
            .Select(index => engine.Run(batch.Pixels.Slice(index * length, length), step, values)).ToArray();
        return [.. values.Index().Select(value => runs.SelectMany(run => run[value.Index].Values).ToArray())];
    }

    /// <summary>What a target's INT8 engine finds on the validation pictures.</summary>
    internal async Task<IReadOnlyList<Detection>> DetectAsync(string target, CancellationToken cancellationToken) =>
        await DetectAsync(new EngineDetector(await BuildAsync(BackendOf(target), Model, cancellationToken)), cancellationToken);

    /// <summary>What the fake-quantized graph finds on the validation pictures.</summary>
    internal Task<IReadOnlyList<Detection>> SimulateDetectionsAsync(CancellationToken cancellationToken) =>
        DetectAsync(TorchThread.Run(() => new TorchDetector(Graph, ExecutionMode.FakeQuantize)), cancellationToken);

    /// <summary>The builder of a target's INT8 engines.</summary>
    internal static IEngineBackend BackendOf(string target) =>
        target == TargetNames.TorchInt8 ? new TorchInt8Backend() : new OrtCpuBackend(new OrtCpuOptions { Threads = 1 });

    private async Task<IReadOnlyList<Detection>> DetectAsync(IDetector detector, CancellationToken cancellationToken)
    {
        using (detector)
        {
            return await Run.DetectAsync(detector, DatasetSplit.Validation, Pictures, "detecting", null, cancellationToken);
        }
    }

    private RunSpecification Small(RunSpecification whole) => whole with
    {
        Data = new DataSpecification
        {
            Calibration = [take(whole.Data.Calibration[0], 32)],
            Validation = [take(whole.Data.Validation[0], images)],
        },
        Calibration = whole.Calibration with { Methods = ["percentile"], Method = "percentile", BiasCorrection = false },
        Partial = whole.Partial with { Enabled = placed, MaxApLoss = 1, Images = 1, AnalysisImages = 1 },
        Qat = null,
    };
}
