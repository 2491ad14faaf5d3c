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
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Training.Optimizers;

namespace QatPipeline.Stages.Torch.Tests.Stages;

public sealed class TrainFloatStageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hyper-search", 4)]
    [InlineData("training", 3)]
    public async Task AStageKilledInEitherPart_GoesOnWithTheSameBits(string part, int step)
    {
        var specification = Specification("repopt");
        var unbroken = Directory.CreateDirectory(_folder.PathOf("unbroken")).FullName;
        await RunAsync(new FolderContext(specification, unbroken), Token);

        var broken = Directory.CreateDirectory(_folder.PathOf("broken")).FullName;
        using var kill = new CancellationTokenSource();
        var steps = 0;
        var context = new FolderContext(specification, broken, progress =>
        {
            if (progress.Activity.StartsWith(part, StringComparison.Ordinal) && ++steps == step)
            {
                kill.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(context, kill.Token));
        await RunAsync(context, Token);

        string[] outputs =
        [
            ArtifactNames.TrainedModel, ArtifactNames.TrainedWeights, ArtifactNames.TrainedScales, ArtifactNames.FloatTrainingHistory,
        ];
        foreach (var output in outputs)
        {
            var expected = File.ReadAllBytes(Path.Combine(unbroken, output));
            Assert.True(expected.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(broken, output))), output);
        }
    }

    [Fact]
    public async Task TrainedWeightsAndScales_TrainOn()
    {
        await RunAsync(new FolderContext(Specification("repopt"), _folder.FullName), Token);
        var history = JsonSerializer.Deserialize<FloatTrainingHistory>(
            File.ReadAllBytes(_folder.PathOf(ArtifactNames.FloatTrainingHistory)), PipelineJson.Options)!;
        Assert.Equal(2, history.HyperSearch.Count);
        Assert.NotNull(history.Training[^1].SelectionAp);

        var state = SafetensorsFile.Read(_folder.PathOf(ArtifactNames.TrainedWeights));
        var scales = RepScales.From(SafetensorsFile.Read(_folder.PathOf(ArtifactNames.TrainedScales)));
        Assert.Contains("detect.cls_preds.0.weight", state.Names);
        Assert.Contains(scales.Blocks, block => block.Block == "backbone.stem");

        var again = Specification("repopt");
        again = again with
        {
            Model = again.Model with
            {
                Yolov6 = again.Model.Yolov6! with
                {
                    Checkpoint = _folder.PathOf(ArtifactNames.TrainedWeights),
                    Scales = _folder.PathOf(ArtifactNames.TrainedScales),
                },
            },
        };
        var second = Directory.CreateDirectory(_folder.PathOf("second")).FullName;
        await RunAsync(new FolderContext(again, second), Token);
        Assert.NotEqual(
            File.ReadAllBytes(_folder.PathOf(ArtifactNames.TrainedWeights)),
            File.ReadAllBytes(Path.Combine(second, ArtifactNames.TrainedWeights)));
    }

    [Fact]
    public async Task RepVgg_IsDeployedMerged()
    {
        await RunAsync(new FolderContext(Specification("repvgg"), _folder.FullName), Token);

        var deployed = OnnxReader.Read(_folder.PathOf(ArtifactNames.TrainedModel));
        Assert.Contains("backbone.stem.rbr_reparam.weight", deployed.Initializers.Keys);
        Assert.Contains("backbone.stem.rbr_dense.conv.weight", SafetensorsFile.Read(_folder.PathOf(ArtifactNames.TrainedWeights)).Names);
    }

    [Fact]
    public async Task SeveralRanks_TrainOnSharesOfTheBatch()
    {
        var specification = Specification("repvgg");
        var whole = Directory.CreateDirectory(_folder.PathOf("whole")).FullName;
        await RunAsync(new FolderContext(specification, whole), Token);
        var steps = 0;

        var ranks = Directory.CreateDirectory(_folder.PathOf("ranks")).FullName;
        await RunAsync(
            new FolderContext(specification with { Train = specification.Train! with { Ranks = 2 } }, ranks, progress =>
                steps += progress.Activity.StartsWith("training", StringComparison.Ordinal) ? 1 : 0),
            Token);

        // Six images in two epochs, one at a time.
        Assert.Equal(12, steps);
        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(whole, ArtifactNames.TrainedWeights)),
            File.ReadAllBytes(Path.Combine(ranks, ArtifactNames.TrainedWeights)));
    }

    [Fact]
    public void Configuration_OfOneProcess_IsWhatItWasBeforeThereWereSeveral()
    {
        var specification = Specification("repvgg");
        string KeyOf(TrainSpecification train) =>
            JsonSerializer.Serialize(
                new TrainFloatStage(new LocalImageSource()).Configuration(specification with { Train = train }), PipelineJson.Compact);

        var alone = KeyOf(specification.Train!);
        var several = KeyOf(specification.Train! with { Processes = 2 });

        Assert.DoesNotContain("\"processes\"", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hosts\"", alone, StringComparison.Ordinal);
        Assert.Contains("\"plainEpochs\":15},", alone, StringComparison.Ordinal);
        Assert.Contains("\"plainEpochs\":15,\"processes\":2},", several, StringComparison.Ordinal);
        Assert.Equal(several, KeyOf(specification.Train! with { Hosts = ["a:1", "b:1"] }));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task RunAsync(IStageContext context, CancellationToken cancellationToken)
    {
        await new DatasetStage().ExecuteAsync(context, cancellationToken);
        await new TrainFloatStage(new LocalImageSource()).ExecuteAsync(context, cancellationToken);
    }

    private static RunSpecification Specification(string form) => TinyRun.Specification with
    {
        Model = TinyRun.Specification.Model with { Yolov6 = TinyRun.Specification.Model.Yolov6! with { Form = form } },
        Train = new TrainSpecification { Epochs = 2, HyperSearchEpochs = form == "repopt" ? 2 : 0, Batch = 2, NominalBatch = 4 },
    };
}
