using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Tests.Images;

/// <summary>EXIF orientation: applied, unless the data set states the size of the stored pixels.</summary>
public sealed class OrientationTests : IDisposable
{
    private const int Width = ImageFixtures.Width;
    private const int Height = ImageFixtures.Height;
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_ExifOrientation_GivesTheUprightPicture(int orientation)
    {
        using var stored = ImageDecoder.Decode(ImageFixtures.PathOf("baseline.jpg"));

        using var upright = ImageDecoder.Decode(Write(orientation));

        Assert.Equal(orientation < 5 ? (Width, Height) : (Height, Width), (upright.Width, upright.Height));
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                var (storedX, storedY) = StoredPosition(orientation, x, y);
                Assert.Equal(stored.Row(storedY)[storedX], upright.Row(y)[x]);
            }
        }
    }

    [Theory]
    [InlineData(Height, Width, Height, Width)]
    [InlineData(Width, Height, Width, Height)]
    [InlineData(0, 0, Height, Width)]
    public void Decode_StatedSize_DecidesWhetherThePictureIsTurned(int statedWidth, int statedHeight, int width, int height)
    {
        var path = Write(orientation: 6);
        using var image = ImageDecoder.Decode(path, statedWidth, statedHeight);

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal((width, height), ImageDecoder.Probe(path, statedWidth, statedHeight) is var (w, h, _) ? (w, h) : default);
    }

    [Fact]
    public void Decode_StatedSizeOfStoredPixels_LeavesThemAsTheyAre()
    {
        using var stored = ImageDecoder.Decode(ImageFixtures.PathOf("baseline.jpg"));

        using var image = ImageDecoder.Decode(Write(orientation: 8), Width, Height);

        Assert.Equal(stored.Pixels, image.Pixels);
    }

    [Fact]
    public void Decode_HalfTurnOfTheStatedSize_IsApplied()
    {
        using var stored = ImageDecoder.Decode(ImageFixtures.PathOf("baseline.jpg"));

        using var image = ImageDecoder.Decode(Write(orientation: 3), Width, Height);

        Assert.Equal(stored.Row(0)[0], image.Row(Height - 1)[Width - 1]);
    }

    [Fact]
    public void Decode_OtherSizeThanStated_NamesBoth()
    {
        var error = Assert.Throws<CocoException>(() => ImageDecoder.Decode(Write(orientation: 6), 40, 25));
        Assert.EndsWith(": the image has 24×40 pixels, the data set says 40×25.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("turned.png")]
    [InlineData("turned.webp")]
    public void Decode_OrientationInOtherFormats_IsApplied(string file)
    {
        using var stored = ImageDecoder.Decode(ImageFixtures.PathOf("colour.png"));

        using var upright = ImageDecoder.Decode(ImageFixtures.PathOf(file));

        Assert.Equal((Height, Width), EncodedImage.ReadSize(ImageFixtures.PathOf(file)));
        Assert.Equal(stored.Row(Height - 1)[0], upright.Row(0)[0]);
        Assert.Equal(stored.Row(0)[Width - 1], upright.Row(Width - 1)[Height - 1]);
    }

    [Fact]
    public void Of_DamagedExif_IsUpright()
    {
        var png = ImageFixtures.Read("turned.png");
        var exif = png.AsSpan().IndexOf("eXIf"u8) + 4;
        for (var position = exif; position < png.Length; position++)
        {
            // Every single byte wrong, every length cut: an orientation, never an exception.
            var damaged = png.ToArray();
            damaged[position] = 0xFF;
            Assert.InRange((int)PngOrientation.Of(damaged), 1, 8);
            Assert.InRange((int)PngOrientation.Of(png.AsSpan(0, position)), 1, 8);
        }
    }

    private static (int X, int Y) StoredPosition(int orientation, int x, int y) => orientation switch
    {
        1 => (x, y),
        2 => (Width - 1 - x, y),
        3 => (Width - 1 - x, Height - 1 - y),
        4 => (x, Height - 1 - y),
        5 => (y, x),
        6 => (y, Height - 1 - x),
        7 => (Width - 1 - y, Height - 1 - x),
        _ => (Width - 1 - y, x),
    };

    private string Write(int orientation)
    {
        var path = _folder.PathOf($"{orientation}.jpg");
        File.WriteAllBytes(path, ImageFixtures.WithOrientation(orientation));
        return path;
    }
}
