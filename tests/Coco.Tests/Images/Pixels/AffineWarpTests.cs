using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images.Pixels;

public sealed class AffineWarpTests
{
    [Theory]
    [InlineData(64, 48, 1.3, 0.2, -20.123, -0.25, 1.1, -5.456)]
    [InlineData(64, 48, -0.7, 0.5, 40.5, -0.6, -0.9, 60.25)]
    [InlineData(64, 48, 0.5, 0, 3.2, 0, 0.5, -4.7)]
    [InlineData(1, 1, 20, 0, 3, 0, 20, 3)]
    [InlineData(7, 5, 5, 0.5, 3.3, -0.5, 5, 9.9)]
    [InlineData(7, 5, 0, 0, 3.3, 0, 0, 9.9)]
    public void Apply_AnyMap_EqualsTheDefinition(int width, int height, double a, double b, double tx, double c, double d, double ty)
    {
        var map = new AffineMap(a, b, tx, c, d, ty);
        using var image = TestPixels.Random(5, width, height);
        using var expected = PlainKernels.Warp(image, map, 41, 33, 114);

        using var moved = AffineWarp.Apply(image, map, 41, 33, 114);

        Assert.Equal(expected.Bytes, moved.Bytes);
    }

    [Fact]
    public void Inverse_OfAMap_LeadsBack()
    {
        var map = new AffineMap(1.3, 0.2, -20.1, -0.25, 1.1, -5.4);

        var (x, y) = map.Apply(7, 9);

        Assert.Equal(7, map.Inverse().Apply(x, y).X, 1e-12);
        Assert.Equal(9, map.Inverse().Apply(x, y).Y, 1e-12);
    }
}
