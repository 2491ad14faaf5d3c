using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Data;
using SkiaSharp;

namespace QatPipeline.Coco.Tests.Augmentation;

public sealed class TrainingSamplerTests : IDisposable
{
    private const int Size = 64;
    private readonly ScratchFolder _folder = new();
    private readonly List<TrainingImage> _images = [];

    public TrainingSamplerTests()
    {
        // Four plain images of their own grey, the longer side already the network's size.
        foreach (var (index, (width, height)) in new[] { (64, 48), (32, 64), (64, 64), (64, 32) }.Index())
        {
            var path = _folder.PathOf($"{index}.png");
            using var image = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
            image.Erase(Grey(10 * (index + 1)));
            image.Erase(Grey(200), new SKRectI(0, 0, width / 4, height / 4));
            TestImages.Save(image, path);
            _images.Add(new TrainingImage(new CocoImage(index, path, width, height), [new YoloLabel(index, 0.125, 0.125, 0.25, 0.25)]));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mosaic_AnchorsEachTileAtTheCentre()
    {
        using var mosaic = new TrainingSampler(_images, Size, new AugmentationOptions()).Mosaic([0, 1, 2, 3], centerX: 60, centerY: 50);

        Assert.Equal((128, 128), (mosaic.Pixels.Width, mosaic.Pixels.Height));
        Assert.Equal([10, 20, 30, 40, 114], new[] { At(49, 59), At(49, 60 + 31), At(50 + 20, 59), At(50 + 20, 60), At(49, 60 + 32) });
        Assert.Equal(
            [
                new PixelBox(0, 0, 2, 12, 14), // 4 px of the tile are off the canvas to the left
                new PixelBox(1, 60, 0, 68, 2), // 14 px off the top
                new PixelBox(2, 0, 50, 12, 66),
                new PixelBox(3, 60, 50, 76, 58),
            ],
            mosaic.Boxes);

        int At(int y, int x) => (byte)mosaic.Pixels.Row(y)[x];
    }

    [Fact]
    public void Sample_WithoutAugmentation_IsTheLetterboxedImage()
    {
        var (pixels, labels) = Write(AugmentationOptions.None, 0, seed: 1);

        // 64 × 48 in 64 × 64: 8 rows of border above.
        Assert.Equal(new YoloLabel(0, 0.125, (8 + 6) / 64.0, 0.25, 12 / 64.0), Assert.Single(labels));
        Assert.Equal([114 / 255f, 200 / 255f, 10 / 255f], new[] { pixels[0], pixels[8 * Size], pixels[(55 * Size) + 63] });
    }

    [Fact]
    public void Flips_MovePixelsAndLabelsTogether()
    {
        var (pixels, labels) = Write(AugmentationOptions.None with { FlipLeftRight = 1, FlipUpDown = 1 }, 0, seed: 1);
        Assert.Equal(new YoloLabel(0, 0.875, 1 - ((8 + 6) / 64.0), 0.25, 12 / 64.0), Assert.Single(labels));
        Assert.Equal(200 / 255f, pixels[(55 * Size) + 63]);
    }

    [Fact]
    public void Colours_ChangeWithinTheirGains()
    {
        var (pixels, _) = Write(AugmentationOptions.None with { Value = 0.4 }, 0, seed: 2);
        Assert.InRange(pixels[8 * Size], 200 * 0.6f / 255, 1);
        Assert.NotEqual(200 / 255f, pixels[8 * Size]);
    }

    [Fact]
    public void Samples_RepeatExactlyBySeed()
    {
        var options = new AugmentationOptions { Mixup = 0.5, Degrees = 10, Shear = 5 };
        var (pixels, labels) = Write(options, 2, seed: 9);
        var (again, labelsAgain) = Write(options, 2, seed: 9);
        var (other, _) = Write(options, 2, seed: 10);

        Assert.Equal(pixels, again);
        Assert.Equal(labels, labelsAgain);
        Assert.NotEqual(pixels, other);
    }

    [Fact]
    public void LabelsOfADataSet_AreItsObjectsWithoutCrowds()
    {
        var dataset = new CocoDataset(
            "set", "folder", [new CocoImage(1, "a.jpg", 100, 50)],
            [
                new CocoAnnotation(1, 1, 7, new CocoBox(10, 10, 20, 30), 600, IsCrowd: false),
                new CocoAnnotation(2, 1, 7, new CocoBox(0, 0, 90, 40), 3600, IsCrowd: true),
                new CocoAnnotation(3, 1, 3, new CocoBox(90, 40, 20, 30), 600, IsCrowd: false),
            ],
            [new CocoCategory(7, "b"), new CocoCategory(3, "a")]);

        var image = Assert.Single(TrainingImage.Of(dataset));

        Assert.Equal([new YoloLabel(1, 0.2, 0.5, 0.2, 0.6), new YoloLabel(0, 0.95, 0.9, 0.1, 0.2)], image.Labels);
    }

    [Fact]
    public void BlendRatios_AreNearOneHalf()
    {
        var random = new SeededRandom(4);
        var draws = Enumerable.Range(0, 4000).Select(_ => random.Beta(32)).ToArray();
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(0.25 / 65, draws.Average(draw => (draw - 0.5) * (draw - 0.5)), 0.0005);
    }

    private static SKColor Grey(int level) => new((byte)level, (byte)level, (byte)level);

    private (float[] Pixels, IReadOnlyList<YoloLabel> Labels) Write(AugmentationOptions options, int index, ulong seed)
    {
        var pixels = new float[3 * Size * Size];
        var labels = new TrainingSampler(_images, Size, options).Write(index, new SeededRandom(seed), pixels);
        return (pixels, labels);
    }
}
