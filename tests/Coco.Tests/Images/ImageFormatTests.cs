using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Tests.Images;

/// <summary>Files as people have them, each showing the same picture.</summary>
public sealed class ImageFormatTests
{
    [Theory]
    [InlineData("baseline.jpg", 3)]
    [InlineData("progressive.jpg", 3)]
    [InlineData("cmyk.jpg", 4)]
    [InlineData("colour.png", 0)]
    [InlineData("palette.png", 0)]
    [InlineData("sixteen-bit.png", 0)]
    [InlineData("colour.bmp", 0)]
    [InlineData("palette.bmp", 0)]
    [InlineData("palette.gif", 0)]
    [InlineData("lossless.webp", 0)]
    [InlineData("lossy.webp", 8)]
    public void Decode_Format_GivesThePicture(string file, int tolerance)
    {
        using var image = ImageDecoder.Decode(ImageFixtures.PathOf(file));

        AssertIsPicture(image, tolerance);
    }

    [Theory]
    [InlineData("alpha.png")]
    [InlineData("alpha.webp")]
    [InlineData("palette-transparent.png")]
    public void Decode_TransparentPixels_KeepTheirColour(string file)
    {
        using var image = ImageDecoder.Decode(ImageFixtures.PathOf(file));

        AssertIsPicture(image, tolerance: 0);
    }

    [Theory]
    [InlineData("grey.jpg", 2)]
    [InlineData("grey.png", 1)]
    public void Decode_GreyImage_HasThreeEqualChannels(string file, int tolerance)
    {
        using var image = ImageDecoder.Decode(ImageFixtures.PathOf(file));

        foreach (var (x, y) in BlockCentres())
        {
            var (red, green, blue) = ColourOf(image, x, y);
            var (r, g, b) = ImageFixtures.ColourAt(x, y);
            Assert.Equal((red, red), (green, blue));
            Assert.InRange(red - ((0.299 * r) + (0.587 * g) + (0.114 * b)), -tolerance, tolerance);
        }
    }

    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("colour.png")]
    [InlineData("colour.bmp")]
    [InlineData("lossy.webp")]
    [InlineData("palette.gif")]
    public void ReadSize_Format_IsTheDecodedSize(string file) =>
        Assert.Equal((ImageFixtures.Width, ImageFixtures.Height), EncodedImage.ReadSize(ImageFixtures.PathOf(file)));

    [Fact]
    public void Probe_Image_GivesItsSizeAndTheFilesDigest() => Assert.Equal(
        new ImageProbe(ImageFixtures.Width, ImageFixtures.Height, Digests.Of(ImageFixtures.Read("colour.png"))),
        ImageDecoder.Probe(ImageFixtures.PathOf("colour.png")));

    private static void AssertIsPicture(PixelBuffer image, int tolerance)
    {
        Assert.Equal((ImageFixtures.Width, ImageFixtures.Height), (image.Width, image.Height));
        foreach (var (x, y) in BlockCentres())
        {
            var (red, green, blue) = ColourOf(image, x, y);
            var (r, g, b) = ImageFixtures.ColourAt(x, y);
            Assert.InRange(Math.Max(Math.Abs(red - r), Math.Max(Math.Abs(green - g), Math.Abs(blue - b))), 0, tolerance);
        }
    }

    private static IEnumerable<(int X, int Y)> BlockCentres() =>
        Enumerable.Range(0, 16).Select(block => ((block % 4 * 10) + 5, (block / 4 * 6) + 3));

    private static (int Red, int Green, int Blue) ColourOf(PixelBuffer image, int x, int y)
    {
        var pixel = image.Row(y)[x];
        return ((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);
    }
}
