using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Losses;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

/// <summary>Counts tensors of the whole process, so nothing may run beside it.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;

[Collection("Alone")]
public sealed class TensorLifetimeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_ManySteps_KeepsNoTensorsOfPastOnes(bool distils)
    {
        var graph = Yolov6Network.Build(SmallNetwork.Options).Graph;
        var options = new Yolov6TrainingOptions
        {
            Epochs = 2,
            Batch = 2,
            Schedule = new() { NominalBatch = 2, WarmupEpochs = 0 },
            Loss = new DetectionLossOptions { AtssEpochs = 1 },
            Distillation = distils ? new Yolov6DistillationOptions() : null,
        };
        using var trainer = Yolov6Training.Start(graph, options, teacher: distils ? graph : null, device: torch.CPU);
        var counts = new List<long>();
        await trainer.TrainAsync(
            new RectangleBatches(3, 2, 64),
            new TrainingCallbacks { Progress = new Counter(() => counts.Add(torch.Tensor.TotalCount)) },
            TestContext.Current.CancellationToken);
        Assert.Equal(6, counts.Count);

        // What earlier tests left to the garbage collector may go meanwhile; nothing may come.
        Assert.All(counts[2..], count => Assert.InRange(count, 1, counts[1]));
    }

    private sealed class Counter(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => count();
    }
}
