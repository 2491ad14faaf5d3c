using QatPipeline.Coco.Data;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Losses;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

[Trait("Category", "Slow")]
public sealed class OverfittingTests
{
    private const int Size = 192;

    /// <summary>A network, assigners, losses and optimizer that fit together learn a handful of photographs by heart.</summary>
    [Fact]
    public async Task Train_EightPhotographs_AreLearnedByHeart()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var dataset = CocoDataset.Read(Directory.GetFiles(TestData.PathOf("coco128", "annotations"), "*.json").Single(), ImageFolder());
        var images = dataset.Images
            .Where(
                (_, i) => dataset.AnnotationsOf(i) is { Count: > 0 and < 6 } objects
                    && objects.All(item => !item.IsCrowd && item.Area > 2000))
            .Take(8)
            .ToList();
        Assert.Equal(8, images.Count);
        var set = new LetterboxedSet(dataset, images, Size, stepsPerEpoch: 20);
        var network = Yolov6Network.Build(
            Yolov6Options.N with { InputHeight = Size, InputWidth = Size, ClassCount = set.ClassCount, Seed = 1 });
        var options = new Yolov6TrainingOptions
        {
            Epochs = 18,
            Batch = 8,
            Loss = new() { BoxMetric = BoxMetric.Siou, AtssEpochs = 2 },
            Schedule = new() { LearningRate = 0.02, NominalBatch = 8, WarmupEpochs = 1, MinimumWarmupIterations = 0 },
            AverageDecay = 0.9,
            AverageRamp = 10,
        };
        using var trainer = Yolov6Training.Start(network.Graph, options, device: torch.CPU);
        var scores = new List<double>();
        var result = await trainer.TrainAsync(
            set,
            new TrainingCallbacks
            {
                Evaluate = (graph, _) =>
                {
                    scores.Add(set.Evaluate(graph).Ap50);
                    return Task.FromResult(scores[^1]);
                },
            },
            TestContext.Current.CancellationToken);
        var texts = scores.Select(score => score.ToString("F3", System.Globalization.CultureInfo.InvariantCulture));
        TestContext.Current.TestOutputHelper?.WriteLine($"AP50 by epoch: {string.Join(' ', texts)}");
        Assert.True(set.Evaluate(result.Graph).Ap50 > 0.9, $"AP50 by epoch: {string.Join(' ', scores)}");
    }

    private static string ImageFolder()
    {
        var folder = TestData.PathOf("coco128", "images");
        return Directory.EnumerateFiles(folder, "*.jpg").Any() ? folder : Directory.EnumerateDirectories(folder).Single();
    }
}
