using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Augmentation;

public sealed class TrainingLoaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<TrainingImage> _images = [];

    public TrainingLoaderTests()
    {
        for (var id = 0; id < 7; id++)
        {
            var path = _folder.PathOf($"{id}.png");
            TestImages.Write(path, 50 + (5 * id), 60);
            _images.Add(new TrainingImage(new CocoImage(id, path, 0, 0), [new YoloLabel(id, 0.5, 0.5, 0.5, 0.5)]));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Resuming_GivesTheBatchesOfAnUninterruptedRun()
    {
        var whole = await ReadAsync(workers: 2, epoch: 3, firstBatch: 0);
        var resumed = await ReadAsync(workers: 1, epoch: 3, firstBatch: 2);

        Assert.Equal([3, 3, 1], whole.Select(batch => batch.Count));
        Assert.Equal(whole[2].Pixels, Assert.Single(resumed).Pixels);
        Assert.Equal(whole[2].Labels, resumed[0].Labels);
    }

    [Fact]
    public async Task Epochs_DifferAndHoldEveryImageOnce()
    {
        var options = AugmentationOptions.None;
        var first = await ReadAsync(1, epoch: 0, 0, options);
        var second = await ReadAsync(1, epoch: 1, 0, options);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Classes(first).Order());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Classes(second).Order());
        Assert.NotEqual(Classes(first), Classes(second));
        Assert.Equal([0, 1, 2], first[0].Labels.Select(label => label.Image));
    }

    [Fact]
    public async Task Shares_TogetherAreTheBatchesOfWhichTheLastIsCutToWhatAllHave()
    {
        var whole = await ReadAsync(1, epoch: 1, 0, AugmentationOptions.None, size: 4);
        var (first, second) = (
            await ReadAsync(1, epoch: 1, 0, AugmentationOptions.None, size: 4, shares: 2, share: 0),
            await ReadAsync(1, epoch: 1, 0, AugmentationOptions.None, size: 4, shares: 2, share: 1));

        Assert.Equal([4, 3], whole.Select(batch => batch.Count));
        Assert.Equal([2, 1], first.Select(batch => batch.Count));
        Assert.Equal([2, 1], second.Select(batch => batch.Count));
        Assert.Equal(
            Classes(whole).Take(6), first.Zip(second).SelectMany(shares => Classes([shares.First]).Concat(Classes([shares.Second]))));
        Assert.Equal(whole[0].Pixels, first[0].Pixels.Concat(second[0].Pixels));

        // A rest that is not one image for each is no batch.
        Assert.Equal([1, 1], (await ReadAsync(1, 1, 0, AugmentationOptions.None, size: 3, shares: 3, share: 2)).Select(batch => batch.Count));
    }

    private static IEnumerable<int> Classes(List<(int Count, float[] Pixels, IReadOnlyList<TrainingLabel> Labels)> batches) =>
        batches.SelectMany(batch => batch.Labels.Select(label => label.Class));

    private async Task<List<(int Count, float[] Pixels, IReadOnlyList<TrainingLabel> Labels)>> ReadAsync(
        int workers, int epoch, int firstBatch, AugmentationOptions? augmentation = null, int size = 3, int shares = 1, int share = 0)
    {
        var options = new TrainingLoaderOptions
        {
            Size = 64,
            BatchSize = size,
            Shares = shares,
            Share = share,
            Seed = 42,
            Workers = workers,
            Augmentation = augmentation ?? new AugmentationOptions(),
        };
        var batches = new List<(int, float[], IReadOnlyList<TrainingLabel>)>();
        await foreach (var batch in new TrainingLoader(_images, options)
            .ReadAsync(epoch, firstBatch, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                batches.Add((batch.Count, batch.Pixels.ToArray(), batch.Labels));
            }
        }

        return batches;
    }
}
