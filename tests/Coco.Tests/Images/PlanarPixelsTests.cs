using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Coco.Tests.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images;

public sealed class PlanarPixelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    [InlineData(638)]
    public void WriteRow_AnyWidth_EqualsItsDefinition(int width)
    {
        using var image = TestPixels.Random((ulong)width, width, 1);
        var (red, green, blue) = (new byte[width], new byte[width], new byte[width]);
        var (scalarRed, scalarGreen, scalarBlue) = (new byte[width], new byte[width], new byte[width]);

        PlanarPixels.WriteRow(image.Pixels, red, green, blue);
        PlanarPixels.WriteRowScalar(image.Pixels, scalarRed, scalarGreen, scalarBlue);

        Assert.Equal(scalarRed, red);
        Assert.Equal(scalarGreen, green);
        Assert.Equal(scalarBlue, blue);
        for (var x = 0; x < width; x++)
        {
            var (b, g, r) = (image.Bytes[4 * x], image.Bytes[(4 * x) + 1], image.Bytes[(4 * x) + 2]);
            Assert.Equal((r, g, b), (red[x], green[x], blue[x]));
        }
    }

    [Fact]
    public void ToUnit_EveryLevel_EqualsItsDefinition()
    {
        byte[] levels = [.. Enumerable.Range(0, 256 + 17).Select(level => (byte)level)];
        var (numbers, expected) = (new float[levels.Length], new float[levels.Length]);

        PlanarPixels.ToUnit(levels, numbers);
        PlanarPixels.ToUnitScalar(levels, expected);

        Assert.Equal(expected, numbers);
        Assert.Equal((0, 1), (numbers[0], numbers[255]));
    }

    [Fact]
    public void Write_OnACanvas_PutsTheImageInItsPlaceOnGrey()
    {
        using var image = new PixelBuffer(3, 2);
        image.Pixels.Fill(0x33FF00);
        var pixels = new float[3 * 5 * 6];
        Array.Fill(pixels, float.NaN);

        PlanarPixels.Write(image, left: 2, top: 1, canvas: (5, 6), pixels);

        float[] inside = [51 / 255f, 1, 0];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (channel, y, x) = (i / 30, i / 6 % 5, i % 6);
            Assert.Equal(y is >= 1 and < 3 && x is >= 2 and < 5 ? inside[channel] : 114 / 255f, pixels[i]);
        }
    }
}
