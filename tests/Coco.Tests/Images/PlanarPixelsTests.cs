using OpenCvSharp;
using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Tests.Images;

public sealed class PlanarPixelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(638)]
    public void Vector_path_equals_the_scalar_definition(int width)
    {
        var random = new Random(width);
        var bgr = new byte[3 * width];
        random.NextBytes(bgr);
        var (red, green, blue) = (new float[width], new float[width], new float[width]);

        PlanarPixels.WriteRow(bgr, red, green, blue);

        for (var x = 0; x < width; x++)
        {
            Assert.Equal((bgr[(3 * x) + 2] / 255f, bgr[(3 * x) + 1] / 255f, bgr[3 * x] / 255f), (red[x], green[x], blue[x]));
        }
    }

    [Fact]
    public void Border_is_grey_and_the_image_is_in_its_place()
    {
        using var image = new Mat(2, 3, MatType.CV_8UC3, new Scalar(0, 255, 51));
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
