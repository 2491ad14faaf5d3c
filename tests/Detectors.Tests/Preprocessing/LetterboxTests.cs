using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests.Preprocessing;

/// <summary>Geometry of the evaluation protocols: the check values of reference section 11 first.</summary>
public sealed class LetterboxTests
{
    [Fact]
    public void Plan_LandscapeByE2_LoadsAt638()
    {
        var transform = Plan(EvaluationProtocol.E2(), 640, 480);

        Assert.Equal((638, 478, 1, 81), (transform.ResizedWidth, transform.ResizedHeight, transform.Left, transform.Top));
        Assert.Equal((1, 81), (transform.PadX, transform.PadY));
        Assert.Equal(0.99583333, transform.GainY, 1e-8);
        Assert.Equal(0.996875, transform.GainX, 1e-12);
    }

    [Fact]
    public void Plan_PortraitByE3_LoadsAt634()
    {
        var transform = Plan(EvaluationProtocol.E3(), 427, 640);
        Assert.Equal((422, 634, 109, 3), (transform.ResizedWidth, transform.ResizedHeight, transform.Left, transform.Top));
    }

    [Theory]
    [InlineData(0.75, 0.75, 512, 672)]
    [InlineData(0.66, 0.67, 448, 672)]
    [InlineData(1.33, 1.4, 672, 512)]
    [InlineData(0.75, 1.33, 672, 672)]
    public void CanvasFor_BatchByE1_IsTheSmallest(double lowest, double highest, int height, int width) =>
        Assert.Equal((height, width), EvaluationProtocol.E1().CanvasFor([lowest, highest]));

    [Fact]
    public void ToOriginal_ByE1_UsesTheFractionalPadAndTheVerticalGain()
    {
        var transform = Plan(EvaluationProtocol.E1(), 500, 375, (512, 672));

        Assert.Equal((640, 480, 16, 16), (transform.ResizedWidth, transform.ResizedHeight, transform.Left, transform.Top));
        Assert.Equal((1.28, 1.28), (transform.GainX, transform.GainY));
        Assert.Equal((100, 50, 200, 375), transform.ToOriginal(16 + 128, 16 + 64, 16 + 256, 16 + 500));
    }

    [Fact]
    public void ToOriginal_PlacedBox_IsWhereItCameFrom()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 200; trial++)
        {
            var (width, height) = (random.Next(40, 1200), random.Next(40, 1200));
            var transform = Plan(EvaluationProtocol.E2(320), width, height);
            var (x, y) = (random.NextDouble() * width, random.NextDouble() * height);
            var (x1, y1, x2, y2) = transform.ToOriginal(
                (x * transform.GainX) + transform.PadX, (y * transform.GainY) + transform.PadY, 1e9, -1e9);

            Assert.Equal(x, x1, 1e-9);
            Assert.Equal(y, y1, 1e-9);
            Assert.Equal((width, 0), (x2, y2));
        }
    }

    private static LetterboxTransform Plan(EvaluationProtocol protocol, int width, int height, (int, int)? canvas = null)
    {
        var (loadedWidth, loadedHeight) = Resampler.SizeWithLongerSide(width, height, protocol.LoadSize);
        return LetterboxTransform.Plan(
            width, height, loadedWidth, loadedHeight, canvas ?? (protocol.InputSize, protocol.InputSize), protocol);
    }
}
