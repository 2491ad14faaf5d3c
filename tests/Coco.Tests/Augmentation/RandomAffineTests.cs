using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Augmentation;

public sealed class RandomAffineTests
{
    private static readonly RandomAffine Center = new(Angle: 0, Scale: 1, ShearX: 0, ShearY: 0, ShiftX: 0.5, ShiftY: 0.5);

    [Fact]
    public void NeutralTransform_CropsTheMiddleOfAMosaic()
    {
        using var canvas = Square(128, (40, 50, 20, 10));
        using var result = Center.Apply(canvas, 64);

        Assert.Equal(new PixelBox(3, 8, 18, 28, 28), Assert.Single(result.Boxes));
        Assert.Equal(255, (byte)result.Pixels.Row(20)[10]);
        Assert.Equal(0, (byte)result.Pixels.Row(30)[10]);
    }

    [Fact]
    public void Boxes_FollowThePixelsThroughRotationScaleAndShear()
    {
        var random = new SeededRandom(3);
        var options = new AugmentationOptions { Degrees = 180, Shear = 20, Translate = 0.1, Scale = 0.3 };
        for (var trial = 0; trial < 30; trial++)
        {
            using var canvas = Square(128, (50, 55, 24, 16));
            using var result = RandomAffine.Draw(options, random).Apply(canvas, 96);
            var box = Assert.Single(result.Boxes);

            // The grey of the border is darker, so only the square is bright.
            var found = BoundsOfBright(result.Pixels);
            Assert.InRange(found.Left, box.X1 - 2, box.X1 + 3);
            Assert.InRange(found.Top, box.Y1 - 2, box.Y1 + 3);
            Assert.InRange(found.Right, box.X2 - 3, box.X2 + 2);
            Assert.InRange(found.Bottom, box.Y2 - 3, box.Y2 + 2);
        }
    }

    [Theory]
    [InlineData(30, 30, 2, 20, 0)] // 2 px wide
    [InlineData(30, 30, 3, 20, 1)]
    [InlineData(3, 40, 29.5, 20, 0)] // less than a tenth inside the crop
    [InlineData(40, 40, 50, 2.2, 0)] // aspect ratio over 20
    public void Slivers_AreDropped(double x, double y, double w, double h, int expected)
    {
        using var canvas = new Canvas(PixelBuffer.Grey(128, 128, 0), [new PixelBox(0, x + 2, y, x + 2 + w, y + h)]);
        using var result = Center.Apply(canvas, 64);
        Assert.Equal(expected, result.Boxes.Count);
    }

    /// <summary>A black canvas with one white rectangle and its box.</summary>
    private static Canvas Square(int side, (int Left, int Top, int Width, int Height) rectangle)
    {
        var (left, top, width, height) = rectangle;
        var pixels = PixelBuffer.Grey(side, side, 0);
        using var white = PixelBuffer.Grey(width, height, 255);
        pixels.Place(white, left, top);
        return new Canvas(pixels, [new PixelBox(3, left, top, left + width, top + height)]);
    }

    private static (int Left, int Top, int Right, int Bottom) BoundsOfBright(PixelBuffer image)
    {
        var bright = Enumerable.Range(0, image.Pixels.Length).Where(index => (byte)image.Pixels[index] > 200).ToList();
        return (
            bright.Min(index => index % image.Width),
            bright.Min(index => index / image.Width),
            bright.Max(index => index % image.Width) + 1,
            bright.Max(index => index / image.Width) + 1);
    }
}
