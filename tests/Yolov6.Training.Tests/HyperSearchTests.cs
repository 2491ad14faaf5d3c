using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

public sealed class HyperSearchTests
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
    public async Task Run_StoppedInEitherStage_GoesOnWithTheSameBits(int stopAfter)
    {
        var (unbroken, broken) = (new MemoryTrainingStore(), new MemoryTrainingStore());
        var (expected, expectedScales) = await Run(unbroken, null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(broken, stopAfter));
        var (actual, scales) = await Run(broken, null);
        Assert.Equal(OnnxWriter.WriteBytes(expected.Graph), OnnxWriter.WriteBytes(actual.Graph));
        Assert.Equal(expectedScales.Blocks.SelectMany(block => block.Dense), scales.Blocks.SelectMany(block => block.Dense));
        Assert.Contains(HyperSearch.ScaleFile, broken.Names);
    }

    // Two epochs of two steps a stage: steps 0 to 3 search, 4 to 7 train.
    private static async Task<(TrainingResult Result, RepScales Scales)> Run(MemoryTrainingStore store, int? stopAfter)
    {
        var steps = 0;
        using var stop = new CancellationTokenSource();
        var stage = new TrainingStage("search", new RectangleBatches(2, 2, 64), Progress: new Counter(() =>
        {
            if (++steps == stopAfter)
            {
                stop.Cancel();
            }
        }));
        var scales = await HyperSearch.RunAsync(SmallNetwork.Options, Options, stage, store, torch.CPU, cancellationToken: stop.Token);
        using var trainer = Yolov6Training.Start(
            Yolov6Network.Build(SmallNetwork.Options).Graph, Options with { Reinitialize = true }, scales, device: torch.CPU);
        var trained = await (stage with { Name = "target" }).RunAsync(trainer, store, stop.Token);
        return (trained, scales);
    }

    private sealed class Counter(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => count();
    }
}
