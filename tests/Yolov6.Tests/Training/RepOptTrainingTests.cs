using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Yolov6.Training;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;

namespace QatPipeline.Yolov6.Tests.Training;

public class RepOptTrainingTests
{
    private static readonly Yolov6TrainingOptions Options = new()
    {
        Epochs = 2,
        Batch = 2,
        AverageRamp = 4,
        Schedule = new() { NominalBatch = 2, MinimumWarmupIterations = 0, WarmupEpochs = 1 },
    };

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_training_stopped_in_either_stage_goes_on_with_the_same_bits(int stopAfter)
    {
        using var unbroken = new ScratchFolder();
        using var broken = new ScratchFolder();
        var (expected, expectedScales) = await Run(unbroken, null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(broken, stopAfter));
        var (actual, scales) = await Run(broken, null);
        Assert.Equal(OnnxWriter.WriteBytes(expected.Graph), OnnxWriter.WriteBytes(actual.Graph));
        Assert.Equal(expectedScales.Blocks.SelectMany(block => block.Dense), scales.Blocks.SelectMany(block => block.Dense));
        Assert.True(File.Exists(broken.PathOf(RepOptTraining.ScaleFile)));
    }

    // Two epochs of two steps a stage: steps 0 to 3 search, 4 to 7 train.
    private static async Task<(Yolov6TrainingResult Result, RepScales Scales)> Run(ScratchFolder folder, int? stopAfter)
    {
        var steps = 0;
        using var stop = new CancellationTokenSource();
        var stage = new TrainingStage("search", Options, new RectangleBatches(2, 2, 64), Progress: new Counter(() =>
        {
            if (++steps == stopAfter)
            {
                stop.Cancel();
            }
        }));
        var training = new RepOptTraining(new FolderTrainingStore(folder.FullName), torch.CPU);
        var scales = await training.FindScalesAsync(SmallNetwork.Options, stage, stop.Token);
        var trained = await training.TrainAsync(
            SmallNetwork.Options, scales, stage with { Name = "target" }, cancellationToken: stop.Token);
        return (trained, scales);
    }

    private sealed class Counter(Action count) : IProgress<QatPipeline.Torch.Distillation.TrainingProgress>
    {
        public void Report(QatPipeline.Torch.Distillation.TrainingProgress value) => count();
    }
}
