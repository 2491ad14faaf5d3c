using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>Networks whose anchors follow the input: what the rectangles of protocol E1 need.</summary>
public sealed class InputSizeTests : IDisposable
{
    private static readonly Yolov6Options Small = Yolov6Options.N with { WidthMultiple = 0.0625, DepthMultiple = 0.05, ClassCount = 3 };

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(64, 64)]
    [InlineData(96, 64)]
    [InlineData(64, 128)]
    public void OpenNetwork_ComputesWhatTheOneOfThatSizeDoes(int height, int width)
    {
        var pixels = new PixelBatch(new WeightRandom(7).Uniform(2 * 3 * height * width, 0, 1), 2, 3, height, width);

        var expected = Run(Small with { InputHeight = height, InputWidth = width });
        var actual = Run(Small with { FollowsInputSize = true });

        Assert.Equal(expected, actual);

        float[] Run(Yolov6Options options)
        {
            using var network = new TorchNetwork(Yolov6Network.Build(options).Graph, TorchSharp.torch.CPU);
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var noGradient = TorchSharp.torch.no_grad();
            return network.Forward(pixels.ToTensor(TorchSharp.torch.CPU))[Yolov6Network.OutputName].data<float>().ToArray();
        }
    }

    [Fact]
    public async Task ProtocolE1_GoesThroughEveryStage()
    {
        var specification = TinyRun.Specification with
        {
            Evaluation = new EvaluationSpecification { Protocol = "E1", BootstrapReplicates = 10, Batch = 2 },
            Build = new BuildSpecification { Batches = [1], Threads = 1, WarmUpMilliseconds = 0, DurationMilliseconds = 5 },
        };
        var context = new FolderContext(specification, Directory.CreateDirectory(_folder.PathOf("run", "files")).FullName);
        var images = new LocalImageSource();

        await new DatasetStage().ExecuteAsync(context, Token);
        await new CalibrateStage(images).ExecuteAsync(context, Token);
        await new QatStage(images).ExecuteAsync(new FolderContext(specification, _folder.PathOf("run", "files")), Token);
        await new OptimizeStage().ExecuteAsync(context, Token);
        await new BuildStage().ExecuteAsync(context, Token);
        await new EvaluateStage(images).ExecuteAsync(context, Token);

        var report = JsonSerializer.Deserialize<EvaluationReport>(
            await File.ReadAllBytesAsync(_folder.PathOf("run", "files", ArtifactNames.EvaluationReport), Token), PipelineJson.Options)!;
        Assert.Equal(("E1", 64), (report.Protocol, report.InputSize));
        Assert.Contains(report.Variants, variant => variant.Variant == Variants.Int8Engine);
        var calibration = JsonSerializer.Deserialize<CalibrationReport>(
            await File.ReadAllBytesAsync(_folder.PathOf("run", "files", ArtifactNames.CalibrationReport), Token), PipelineJson.Options)!;
        Assert.True(calibration.Coverage.Quantized > 0);
    }

    public void Dispose() => _folder.Dispose();
}
