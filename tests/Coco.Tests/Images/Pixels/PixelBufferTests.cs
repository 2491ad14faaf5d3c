using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images.Pixels;

public sealed class PixelBufferTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(-2, -1)]
    [InlineData(4, 2)]
    [InlineData(9, 0)]
    [InlineData(0, -7)]
    public void Place_AtAnyOffset_CopiesTheVisiblePart(int left, int top)
    {
        using var image = TestPixels.Random(20, 4, 3);
        using var canvas = PixelBuffer.Grey(6, 4, 114);

        canvas.Place(image, left, top);

        for (var index = 0; index < canvas.Pixels.Length; index++)
        {
            var (x, y) = ((index % 6) - left, (index / 6) - top);
            var isInside = x is >= 0 and < 4 && y is >= 0 and < 3;
            Assert.Equal(isInside ? image.Pixels[(4 * y) + x] : 0x72727272u, canvas.Pixels[index]);
        }
    }

    [Fact]
    public void Flips_OfAnImage_MirrorIt()
    {
        using var image = TestPixels.Random(21, 5, 3);
        using var sideways = TestPixels.Random(21, 5, 3);
        using var upsideDown = TestPixels.Random(21, 5, 3);

        sideways.FlipLeftRight();
        upsideDown.FlipUpDown();

        for (var index = 0; index < image.Pixels.Length; index++)
        {
            var (x, y) = (index % 5, index / 5);
            Assert.Equal(image.Pixels[(5 * y) + (4 - x)], sideways.Pixels[index]);
            Assert.Equal(image.Pixels[(5 * (2 - y)) + x], upsideDown.Pixels[index]);
        }
    }

    [Fact]
    public void Pixels_AfterDispose_CannotBeReached()
    {
        var image = new PixelBuffer(2, 2);
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Length);
    }
}
