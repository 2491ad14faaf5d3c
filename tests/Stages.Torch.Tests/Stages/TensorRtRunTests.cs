using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Stages;

/// <summary>The demo's network on a few pictures, from calibration to the AP of TensorRT engines that a stand-in builds and runs.</summary>
public sealed class TensorRtRunTests : IDisposable
{
    private static readonly RunSpecification Demo =
        RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", "demo", "run.yaml"));

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("8401", "auto", "explicit")]
    [InlineData("101303", "implicit", "implicit")]
    public async Task Run_ForTensorRt_MeasuresEveryEngineOfItsOwn(string version, string route, string taken)
    {
        var specification = Specification([TargetNames.TensorRt], version) with
        {
            Build = new BuildSpecification
            {
                Trtexec = ComputingTrtexec.Write(_folder.PathOf("bin"), version),
                Batches = [1, 3],
                WarmUpMilliseconds = 0,
                DurationMilliseconds = 1,
                Route = route,
            },
        };

        var (build, evaluation) = await RunAsync(specification);

        Assert.Equal((EngineBuildStatus.Built, taken), (build.Status, build.Route));
        string[] engines =
        [
            "tensorrt-fp32.b1", "tensorrt-fp32.b3", "tensorrt-fp16.b1", "tensorrt-fp16.b3", "tensorrt-int8.b1", "tensorrt-int8.b3",
        ];
        Assert.Equal(engines, build.Engines.Select(engine => engine.Variant));
        Assert.Equal([Variants.Float, Variants.Ptq, .. engines], evaluation.Variants.Select(variant => variant.Variant));
        var ap = evaluation.Variants.ToDictionary(variant => variant.Variant, variant => variant.Metrics.Ap);
        Assert.True(ap[Variants.Float] > 0.3, $"float AP {ap[Variants.Float]}");
        Assert.Equal(ap[Variants.Float], ap["tensorrt-fp32.b3"], tolerance: 1e-3);
        Assert.Equal(ap["tensorrt-fp32.b1"], ap["tensorrt-fp32.b3"], tolerance: 1e-6);
        Assert.Equal(ap[Variants.Float], ap["tensorrt-fp16.b1"], tolerance: 0.02);

        // What is not quantized, biases above all, is in half precision there, and in single precision in the simulation.
        Assert.Equal(ap[Variants.Ptq], ap["tensorrt-int8.b1"], tolerance: 0.03);
        Assert.Equal(["tensorrt-int8.b1", "tensorrt-int8.b3"], evaluation.Agreements.Select(agreement => agreement.Variant));
        Assert.All(evaluation.Agreements, agreement => Assert.True(agreement.Detections.MatchedFraction > 0.7));
        AssertTensorsAgree(evaluation.Agreements[0].Tensors, isSeen: taken == "explicit");
        Assert.Empty(evaluation.Agreements[1].Tensors);
        Assert.False(File.Exists(_folder.PathOf("run", ArtifactNames.OrtCpuForm)));
        Assert.False(File.Exists(_folder.PathOf("run", ArtifactNames.Int8Engine)));
    }

    [Fact]
    public async Task Run_ForBothTargets_EvaluatesWhatIsCarriedOver()
    {
        var specification = Specification([TargetNames.OrtCpu, TargetNames.TensorRt], "8601") with
        {
            Build = new BuildSpecification
            {
                Trtexec = ComputingTrtexec.Write(_folder.PathOf("bin"), "8601"),
                Batches = [1, 2],
                ApBatches = [2],
                Threads = 1,
                WarmUpMilliseconds = 0,
                DurationMilliseconds = 1,
            },
        };

        var (build, evaluation) = await RunAsync(specification);

        Assert.Equal(6, build.Engines.Count);
        Assert.Equal(
            [
                "float", "ptq", "simulated-tensorrt", "engine-float", "engine-int8",
                "tensorrt-fp32.b2", "tensorrt-fp16.b2", "tensorrt-int8.b2",
            ],
            evaluation.Variants.Select(variant => variant.Variant));
        var ap = evaluation.Variants.ToDictionary(variant => variant.Variant, variant => variant.Metrics.Ap);
        Assert.Equal(ap["simulated-tensorrt"], ap["tensorrt-int8.b2"], tolerance: 0.03);
        Assert.Equal(
            [(TargetNames.OrtCpu, true), (TargetNames.TensorRt, true)],
            evaluation.Agreements.Select(agreement => (agreement.Target, agreement.Tensors.Count > 0)));
    }

    [Fact]
    public async Task Run_WithoutTrtexec_EndsWithADelivery()
    {
        Assert.SkipWhen(ComputingTrtexec.IsRealOneInstalled, "trtexec is installed here");
        var specification = Specification([TargetNames.TensorRt], "8401");

        var (build, evaluation) = await RunAsync(specification);

        Assert.Equal(EngineBuildStatus.Delivered, build.Status);
        Assert.Equal(6, build.Engines.Count);
        Assert.Equal([Variants.Float, Variants.Ptq], evaluation.Variants.Select(variant => variant.Variant));
        Assert.Empty(evaluation.Agreements);
        Assert.True(File.Exists(_folder.PathOf("run", ArtifactNames.TensorRtDelivery)));
    }

    // Biases in half precision move what lies near a half, here as in TensorRT.
    private static void AssertTensorsAgree(IReadOnlyList<TensorAgreement> tensors, bool isSeen)
    {
        Assert.Equal(isSeen, tensors.Count > 0);
        Assert.All(tensors, tensor => Assert.Equal(0, tensor.FurtherShare));
        Assert.All(tensors, tensor => Assert.InRange(tensor.DifferentShare, 0, 0.02));
    }

    private static RunSpecification Specification(IReadOnlyList<string> targets, string version) => new()
    {
        Name = $"tensorrt-{version}",
        Model = Demo.Model,
        Data = new DataSpecification { Calibration = [Pictures(8, 1)], Validation = [Pictures(5, 2)] },
        Targets = targets,
        Calibration = new CalibrationSpecification { Methods = ["max"], Method = "max", BiasCorrection = false, WeightBits = 8 },
        Partial = new PartialSpecification { Enabled = false, AnalysisImages = 1 },
        Qat = null,
        Evaluation = new EvaluationSpecification { BootstrapReplicates = 10 },
    };

    private static DatasetSpecification Pictures(int images, int seed) =>
        new() { Synthetic = Demo.Data.Validation[0].Synthetic! with { Images = images, Seed = seed } };

    private async Task<(TensorRtBuild Build, EvaluationReport Evaluation)> RunAsync(RunSpecification specification)
    {
        var images = new LocalImageSource();
        var folder = Directory.CreateDirectory(_folder.PathOf("run")).FullName;
        IStage[] stages =
            [new DatasetStage(), new CalibrateStage(images), new OptimizeStage(), new BuildStage(), new EvaluateStage(images)];
        foreach (var stage in stages)
        {
            await stage.ExecuteAsync(new FolderContext(specification, folder), Token);
        }

        return (
            await JsonArtifact.ReadAsync<TensorRtBuild>(Path.Combine(folder, ArtifactNames.TensorRtBuild), "build", Token),
            await JsonArtifact.ReadAsync<EvaluationReport>(Path.Combine(folder, ArtifactNames.EvaluationReport), "evaluation", Token));
    }
}
