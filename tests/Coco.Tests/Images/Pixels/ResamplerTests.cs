using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images.Pixels;

public sealed class ResamplerTests
{
    [Theory]
    [InlineData(1, 1, 5, 7)]
    [InlineData(2, 1, 1, 3)]
    [InlineData(37, 29, 20, 15)]
    [InlineData(37, 29, 91, 70)]
    [InlineData(100, 3, 33, 9)]
    [InlineData(17, 1, 40, 1)]
    [InlineData(121, 30, 7, 2)]
    public void Resize_Linear_EqualsTheDefinition(int width, int height, int newWidth, int newHeight)
    {
        using var image = TestPixels.Random(1, width, height);
        using var expected = PlainKernels.Linear(image, newWidth, newHeight);

        using var resized = Resampler.Resize(TestPixels.Random(1, width, height), newWidth, newHeight, Interpolation.Linear);

        Assert.Equal(expected.Bytes, resized.Bytes);
    }

    [Theory]
    [InlineData(64, 48, 63, 47)]
    [InlineData(100, 75, 31, 23)]
    [InlineData(97, 97, 1, 2)]
    [InlineData(101, 7, 64, 1)]
    [InlineData(66, 50, 33, 24)]
    [InlineData(5, 40, 5, 11)]
    public void Resize_Area_EqualsTheDefinition(int width, int height, int newWidth, int newHeight)
    {
        using var image = TestPixels.Random(2, width, height);
        using var expected = PlainKernels.Area(image, newWidth, newHeight);

        using var resized = Resampler.Resize(TestPixels.Random(2, width, height), newWidth, newHeight, Interpolation.Area);

        Assert.Equal(expected.Bytes, resized.Bytes);
    }

    [Theory]
    [InlineData(64, 48, 32, 24)]
    [InlineData(63, 48, 21, 16)]
    [InlineData(64, 48, 32, 12)]
    [InlineData(35, 49, 1, 7)]
    public void Resize_AreaByWholeFactors_EqualsTheDefinition(int width, int height, int newWidth, int newHeight)
    {
        using var image = TestPixels.Random(3, width, height);
        using var expected = PlainKernels.Block(image, newWidth, newHeight);

        using var resized = Resampler.Resize(TestPixels.Random(3, width, height), newWidth, newHeight, Interpolation.Area);

        Assert.Equal(expected.Bytes, resized.Bytes);
    }

    [Fact]
    public void Resize_SameSize_IsTheImageItself()
    {
        using var image = TestPixels.Random(4, 9, 7);

        Assert.Same(image, Resampler.Resize(image, 9, 7, Interpolation.Area));
        Assert.Equal(9 * 7, image.Pixels.Length);
    }
}
