using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Stages;

public sealed class QatStageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

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
        var specification = TinyRun.Specification with { Qat = TinyRun.Specification.Qat! with { Profile = "strict" } };

        var history = await RunAsync(specification);

        Assert.All(history.Epochs,
            epoch => Assert.Equal(["box", "class", "distillation", "features"], epoch.Loss.Keys.Order(StringComparer.Ordinal)));
        var (ptq, qat) = (OnnxReader.Read(_folder.PathOf(ArtifactNames.PtqGraph)), OnnxReader.Read(_folder.PathOf(ArtifactNames.QatGraph)));
        Assert.Equal(ptq.Quantizers.Select(quantizer => quantizer.Ranges[0]), qat.Quantizers.Select(quantizer => quantizer.Ranges[0]));
        Assert.All(ptq.Quantizers.SelectMany(quantizer => quantizer.Ranges), range => Assert.Equal((float)(Half)range.High, range.High));
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
}
