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
    public async Task ReadAsync_AnyBatchSizeAndWorkers_GivesTheSamePixels(int batchSize, int workers)
    {
        var expected = await ReadAsync(EvaluationProtocol.E2(64), 11, 1);
        var found = await ReadAsync(EvaluationProtocol.E2(64), batchSize, workers);
        Assert.Equal(Enumerable.Range(0, 11), found.Select(image => (int)image.Id));
        Assert.Equal(expected.Select(image => image.Pixels), found.Select(image => image.Pixels));
    }

    [Fact]
    public async Task ReadAsync_RectangularProtocol_SortsByShape()
    {
        var found = await ReadAsync(EvaluationProtocol.E1(64), 4, 2);
        Assert.Equal(_files.OrderBy(file => (double)file.Height / file.Width).Select(file => file.Id), found.Select(image => image.Id));
    }

    [Theory]
    [InlineData(1, "1.jpg: no such image file")]
    [InlineData(2, "2.jpg: not a readable image")]
    [InlineData(4, "4.jpg: the file ends in the middle of the image")]
    [InlineData(5, "5.jpg: the image has 30×30 pixels, the data set says 75×65")]
    public async Task ReadAsync_BadImage_IsNamed(int bad, string expected)
    {
        File.Delete(_files[1].FileName);
        File.WriteAllText(_files[2].FileName, "not an image");
        File.WriteAllBytes(_files[4].FileName, File.ReadAllBytes(_files[4].FileName)[..^40]);
        TestImages.Write(_files[5].FileName, 30, 30);
        var loader = new ImageLoader([_files[0], _files[bad]], EvaluationProtocol.E2(64), new ImageLoaderOptions { BatchSize = 1 });

        var error = await Assert.ThrowsAsync<CocoException>(async () =>
        {
            await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
            {
                batch.Dispose();
            }
        });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_EndsTheStream()
    {
        using var cancel = new CancellationTokenSource();
        var loader = new ImageLoader(_files, EvaluationProtocol.E2(64), new ImageLoaderOptions { BatchSize = 1 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in loader.ReadAsync(cancel.Token))
            {
                batch.Dispose();
                await cancel.CancelAsync();
            }
        });
    }

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
