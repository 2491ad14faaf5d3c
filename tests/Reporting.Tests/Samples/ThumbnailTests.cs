using QatPipeline.Coco.Tests.Images;
using QatPipeline.Reporting.Samples;
using SkiaSharp;

namespace QatPipeline.Reporting.Tests.Samples;

public sealed class ThumbnailTests : IDisposable
{
    private const int Tolerance = 40;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ImageFixtures.Height, ImageFixtures.Width, 0, ImageFixtures.Height - 1)]
    [InlineData(ImageFixtures.Width, ImageFixtures.Height, 0, 0)]
    public void Read_TurnedPhotograph_LiesAsItsBoxesWereMeasured(int width, int height, int storedX, int storedY)
    {
        // Orientation 6: upright, the first column is the last stored row.
        File.WriteAllBytes(_folder.PathOf("turned.jpg"), ImageFixtures.WithOrientation(6));

        using var thumbnail = SKBitmap.Decode(Thumbnail.Read(_folder.PathOf("turned.jpg"), width, height));

        Assert.Equal((width, height), (thumbnail.Width, thumbnail.Height));
        var (found, (red, green, blue)) = (thumbnail.GetPixel(0, 0), ImageFixtures.ColourAt(storedX, storedY));
        Assert.InRange(found.Red, red - Tolerance, red + Tolerance);
        Assert.InRange(found.Green, green - Tolerance, green + Tolerance);
        Assert.InRange(found.Blue, blue - Tolerance, blue + Tolerance);
    }

    [Fact]
    public void Read_MissingOrDamagedFile_IsNull()
    {
        File.WriteAllText(_folder.PathOf("text.jpg"), "not an image");

        Assert.Null(Thumbnail.Read(_folder.PathOf("text.jpg"), 4, 4));
        Assert.Null(Thumbnail.Read(_folder.PathOf("none.jpg"), 4, 4));
    }
}
