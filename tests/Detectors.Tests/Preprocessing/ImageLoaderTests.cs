using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Tests;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests.Preprocessing;

public sealed class ImageLoaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<CocoImage> _files = [];

    public ImageLoaderTests()
    {
        for (var id = 0; id < 11; id++)
        {
            var file = new CocoImage(id, _folder.PathOf($"{id}.jpg"), 40 + (7 * id), 90 - (5 * id));
            TestImages.Write(file.FileName, file.Width, file.Height);
            _files.Add(file);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    public async Task Batches_do_not_depend_on_batch_size_or_workers(int batchSize, int workers)
    {
        var expected = await ReadAsync(EvaluationProtocol.E2(64), 11, 1);
        var found = await ReadAsync(EvaluationProtocol.E2(64), batchSize, workers);
        Assert.Equal(Enumerable.Range(0, 11), found.Select(image => (int)image.Id));
        Assert.Equal(expected.Select(image => image.Pixels), found.Select(image => image.Pixels));
    }

    [Fact]
    public async Task Rectangular_batches_are_sorted_by_shape()
    {
        var found = await ReadAsync(EvaluationProtocol.E1(64), 4, 2);
        Assert.Equal(_files.OrderBy(file => (double)file.Height / file.Width).Select(file => file.Id), found.Select(image => image.Id));
    }

    [Fact]
    public async Task Bad_images_are_skipped_and_reported()
    {
        Damage();
        var loader = Loader(BadImagePolicy.Skip);
        var ids = new List<long>();
        await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
        {
            ids.AddRange(batch.Images.Select(image => image.Id));
            batch.Dispose();
        }

        Assert.Equal([0L, 3, 6, 7, 8, 9, 10], ids);
        var reasons = loader.BadImages.OrderBy(bad => bad.File.Id).Select(bad => bad.Reason).ToList();
        Assert.Equal(4, reasons.Count);
        Assert.Contains("1.jpg: no such image file", reasons[0], StringComparison.Ordinal);
        Assert.Contains("2.jpg: not a readable image", reasons[1], StringComparison.Ordinal);
        Assert.Contains("4.jpg: the file ends in the middle of the image", reasons[2], StringComparison.Ordinal);
        Assert.Contains("5.jpg: the image has 30×30 pixels, the data set says 75×65", reasons[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_image_is_fatal_as_configured()
    {
        Damage();
        var error = await Assert.ThrowsAsync<CocoException>(async () =>
        {
            await foreach (var batch in Loader(BadImagePolicy.Fail).ReadAsync(TestContext.Current.CancellationToken))
            {
                batch.Dispose();
            }
        });
        Assert.Contains(".jpg: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_ends_the_stream()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in Loader(BadImagePolicy.Fail).ReadAsync(cancel.Token))
            {
                batch.Dispose();
                await cancel.CancelAsync();
            }
        });
    }

    private void Damage()
    {
        File.Delete(_files[1].FileName);
        File.WriteAllText(_files[2].FileName, "not an image");
        File.WriteAllBytes(_files[4].FileName, File.ReadAllBytes(_files[4].FileName)[..^40]);
        TestImages.Write(_files[5].FileName, 30, 30);
    }

    private ImageLoader Loader(BadImagePolicy policy) =>
        new(_files, EvaluationProtocol.E2(64), new ImageLoaderOptions { BatchSize = 1, OnBadImage = policy });

    private async Task<List<(long Id, float[] Pixels)>> ReadAsync(EvaluationProtocol protocol, int batchSize, int workers)
    {
        var images = new List<(long, float[])>();
        var loader = new ImageLoader(_files, protocol, new ImageLoaderOptions { BatchSize = batchSize, Workers = workers });
        await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                var length = batch.Pixels.Length / batch.Count;
                images.AddRange(batch.Images.Select((image, index) => (image.Id, batch.Pixels.Slice(index * length, length).ToArray())));
            }
        }

        return images;
    }
}
