using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The demo's network, calibrated on few pictures with every layer quantized that can be.</summary>
public sealed class CalibratedDemo : IAsyncLifetime
{
    private const int Images = 8;

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
    public async ValueTask InitializeAsync()
    {
        Specification = Small(RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", "demo", "run.yaml")));
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
        return ValueTask.CompletedTask;
    }

    /// <summary>The validation pictures as one batch.</summary>
    internal async Task<ImageBatch> BatchAsync(CancellationToken cancellationToken) => await Run.Images
        .ReadAsync(Specification, DatasetSplit.Validation, Pictures, Run.Protocol, Images, cancellationToken)
        .FirstAsync(cancellationToken);

    private static RunSpecification Small(RunSpecification demo)
    {
        static DatasetSpecification Of(IReadOnlyList<DatasetSpecification> data, int images) =>
            new() { Synthetic = data[0].Synthetic! with { Images = images } };

        return demo with
        {
            Data = new DataSpecification
            {
                Calibration = [Of(demo.Data.Calibration, 32)],
                Validation = [Of(demo.Data.Validation, Images)],
            },
            Calibration = demo.Calibration with { Methods = ["percentile"], Method = "percentile", BiasCorrection = false },
            Partial = demo.Partial with { Enabled = false, AnalysisImages = 1 },
            Qat = null,
        };
    }
}
