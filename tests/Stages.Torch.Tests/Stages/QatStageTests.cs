using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Tests.Stages;

public sealed class QatStageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static RunSpecification Strict { get; } = TinyRun.Specification with
    {
        Target = "tensorrt",
        Qat = TinyRun.Specification.Qat! with { Profile = "strict" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task TaskLoss_IsOneItemOfTheLossUnlessItsWeightIsZero(double weight, bool isThere)
    {
        var specification = TinyRun.Specification with { Qat = TinyRun.Specification.Qat! with { TaskLoss = weight } };

        var history = await RunAsync(specification);

        Assert.All(history.Epochs, epoch => Assert.Equal(isThere, epoch.Loss.ContainsKey("task")));
        Assert.All(history.Epochs, epoch => Assert.Contains("feature", epoch.Loss.Keys));
    }

    [Fact]
    public async Task StrictProfile_TrainsAsTheTutorialDoes()
    {
        var specification = Strict;

        var history = await RunAsync(specification);

        Assert.All(history.Epochs,
            epoch => Assert.Equal(["box", "class", "distillation", "features"], epoch.Loss.Keys.Order(StringComparer.Ordinal)));
        var (ptq, qat) = (OnnxReader.Read(_folder.PathOf(ArtifactNames.PtqGraph)), OnnxReader.Read(_folder.PathOf(ArtifactNames.QatGraph)));
        Assert.All(ptq.Quantizers, quantizer => Assert.Null(quantizer.Group));
        Assert.All(
            ptq.Quantizers.Zip(qat.Quantizers).Where(pair => pair.Second.Group is null),
            pair => Assert.Equal(pair.First.Ranges, pair.Second.Ranges));
        var shared = ptq.Quantizers.Zip(qat.Quantizers).Where(pair => pair.Second.Group is not null).ToLookup(pair => pair.Second.Group);
        Assert.NotEmpty(shared);
        Assert.All(shared, group => Assert.All(
            group, pair => Assert.Equal(group.Max(member => member.First.Ranges[0].High), pair.Second.Ranges[0].High)));
        Assert.Contains(shared, group => group.Any(pair => pair.First.Ranges[0] != pair.Second.Ranges[0]));
        Assert.All(ptq.Quantizers.SelectMany(quantizer => quantizer.Ranges), range => Assert.Equal((float)(Half)range.High, range.High));
    }

    [Fact]
    public async Task StrictProfile_ThatMakesItWorse_KeepsTheCalibratedNetwork()
    {
        var history = await RunAsync(Strict);

        Assert.True(history.Epochs.Max(epoch => epoch.SelectionAp) <= history.StartSelectionAp);
        Assert.Equal(-1, history.BestEpoch);
    }

    [Fact]
    public async Task StrictProfile_WithoutMosaic_TrainsOnOtherImages()
    {
        var mosaics = await RunAsync(Strict);
        var plain = await RunAsync(Strict with { Qat = Strict.Qat! with { Mosaic = 0 } });

        Assert.NotEqual(mosaics.Epochs[0].Loss["box"], plain.Epochs[0].Loss["box"]);
    }

    [Fact]
    public async Task StrictProfile_OfSeveralRanks_SumsLossesOfSmallerBatches()
    {
        var whole = await RunAsync(Strict);
        var ranks = await RunAsync(Strict with { Qat = Strict.Qat! with { Ranks = 2 } });

        Assert.All(whole.Epochs.Zip(ranks.Epochs), pair => Assert.NotEqual(pair.First.Loss["box"], pair.Second.Loss["box"]));
    }

    [Fact]
    public async Task StrictProfile_CalibratesAsTheTutorialDoesWhateverTheDefaultsAre()
    {
        var specification = Strict with
        {
            Calibration = Strict.Calibration with { Methods = ["max", "entropy"], Method = "best", BiasCorrection = true },
            Partial = Strict.Partial with { Enabled = true },
        };

        await new DatasetStage().ExecuteAsync(new FolderContext(specification, _folder.FullName), Token);
        await new CalibrateStage(new LocalImageSource()).ExecuteAsync(new FolderContext(specification, _folder.FullName), Token);

        var report = JsonSerializer.Deserialize<CalibrationReport>(
            await File.ReadAllBytesAsync(_folder.PathOf(ArtifactNames.CalibrationReport), Token), PipelineJson.Options)!;
        Assert.Equal("max", report.ChosenMethod);
        Assert.Single(report.Methods);
        Assert.Null(report.BiasCorrection);
        Assert.Null(report.Search);
    }

    [Fact]
    public async Task RepOptimizer_WithTheSensibleSettings_TrainsTheSameLossByOtherSteps()
    {
        var scales = _folder.PathOf("searched.safetensors");
        WriteScales(scales);
        var model = TinyRun.Specification.Model with { Yolov6 = TinyRun.Specification.Model.Yolov6! with { Scales = scales } };
        var adam = TinyRun.Specification with { Model = model };
        var repOpt = adam with { Qat = adam.Qat! with { Optimizer = "repopt" } };

        var expected = await RunAsync(adam);
        var actual = await RunAsync(repOpt);

        Assert.Contains(ArtifactNames.ModelScales, new QatStage(new LocalImageSource()).Inputs(repOpt));
        Assert.DoesNotContain(ArtifactNames.ModelScales, new QatStage(new LocalImageSource()).Inputs(adam));
        Assert.Equal(["feature", "probability", "regression", "task"], actual.Epochs[0].Loss.Keys.Order(StringComparer.Ordinal));
        Assert.NotEqual(expected.Epochs[1].Loss["feature"], actual.Epochs[1].Loss["feature"]);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<TrainingHistory> RunAsync(RunSpecification specification)
    {
        var images = new LocalImageSource();
        var context = new FolderContext(specification, _folder.FullName);
        await new DatasetStage().ExecuteAsync(context, Token);
        await new CalibrateStage(images).ExecuteAsync(context, Token);

        // Its own checkpoints, as every stage has.
        await new QatStage(images).ExecuteAsync(new FolderContext(specification, _folder.FullName), Token);
        return JsonSerializer.Deserialize<TrainingHistory>(
            await File.ReadAllBytesAsync(_folder.PathOf(ArtifactNames.TrainingHistory), Token), PipelineJson.Options)!;
    }

    private static void WriteScales(string file)
    {
        var form = TinyRun.Specification.Model.Yolov6!;
        var search = Yolov6Network.Build(new Yolov6Options
        {
            WidthMultiple = form.Width,
            DepthMultiple = form.Depth,
            Form = Yolov6Form.HyperSearch,
        });
        SafetensorsFile.Write(file, Yolov6Weights.Read(search.Graph));
    }
}
