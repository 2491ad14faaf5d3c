using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Data;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Synthetic;
using QatPipeline.Yolov6.Training;

namespace QatPipeline.Stages.Torch.Tests.Training;

public sealed class AugmentedBatchesTests : IDisposable
{
    private const int Size = 96;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Read_AnyOrder_GivesTheSameBatch()
    {
        var images = Images(6);
        await using var inOrder = Batches(images);
        await using var resumed = Batches(images);
        Assert.Equal(2, inOrder.StepsPerEpoch);
        var token = TestContext.Current.CancellationToken;
        await inOrder.ReadAsync(0, 0, token);
        await inOrder.ReadAsync(0, 1, token);
        await inOrder.ReadAsync(1, 0, token);
        var expected = await inOrder.ReadAsync(1, 1, token);
        var actual = await resumed.ReadAsync(1, 1, token);
        Assert.Equal(2, actual.Images.Count);
        Assert.Equal(expected.Images.Pixels.ToArray(), actual.Images.Pixels.ToArray());
        Assert.Equal(((DetectionLabels)expected.Labels!).Images, ((DetectionLabels)actual.Labels!).Images);
    }

    [Fact]
    public async Task Read_LastEpochs_AreWithoutMosaic()
    {
        var images = Images(4);
        await using var batches = new AugmentedBatches(
            images,
            new TrainingLoaderOptions { Size = Size, BatchSize = 4, Augmentation = AugmentationOptions.None with { Mosaic = 1 } },
            epochs: 3,
            plainEpochs: 1);
        var token = TestContext.Current.CancellationToken;
        var plain = (DetectionLabels)(await batches.ReadAsync(2, 0, token)).Labels!;
        Assert.Equal(
            images.Select(image => image.Labels.Count).Order(),
            plain.Images.Select(boxes => boxes.Count).Order());
        Assert.All(plain.Images.SelectMany(boxes => boxes), box => Assert.InRange(box.X2, box.X1, Size));
        var strong = (DetectionLabels)(await batches.ReadAsync(0, 0, token)).Labels!;
        Assert.NotEqual(plain.Images.SelectMany(boxes => boxes), strong.Images.SelectMany(boxes => boxes));
    }

    private static AugmentedBatches Batches(IReadOnlyList<TrainingImage> images) =>
        new(images, new TrainingLoaderOptions { Size = Size, BatchSize = 4, Seed = 3 }, epochs: 2);

    private IReadOnlyList<TrainingImage> Images(int count)
    {
        new SyntheticDetectionDataset(new SyntheticOptions { Images = count, Size = Size, Seed = 1 }).Write(
            _scratch.FullName, cancellationToken: TestContext.Current.CancellationToken);
        return TrainingImage.Of(CocoDataset.Read(
            _scratch.PathOf(SyntheticDetectionDataset.AnnotationFile), _scratch.PathOf(SyntheticDetectionDataset.ImageFolder)));
    }
}
