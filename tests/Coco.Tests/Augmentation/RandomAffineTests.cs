using OpenCvSharp;
using QatPipeline.Coco.Augmentation;

namespace QatPipeline.Coco.Tests.Augmentation;

public sealed class RandomAffineTests
{
    private static readonly RandomAffine _center = new(Angle: 0, Scale: 1, ShearX: 0, ShearY: 0, ShiftX: 0.5, ShiftY: 0.5);

    [Fact]
    public void Neutral_transform_crops_the_middle_of_a_mosaic()
    {
        using var canvas = Squares(128, new Rect(40, 50, 20, 10));
        using var result = _center.Apply(canvas, 64);

        Assert.Equal(new PixelBox(3, 8, 18, 28, 28), Assert.Single(result.Boxes));
        Assert.Equal(255, result.Pixels.At<Vec3b>(20, 10).Item0);
        Assert.Equal(0, result.Pixels.At<Vec3b>(30, 10).Item0);
    }

    [Fact]
    public void Boxes_follow_the_pixels_through_rotation_scale_and_shear()
    {
        var random = new SeededRandom(3);
        var options = new AugmentationOptions { Degrees = 180, Shear = 20, Translate = 0.1, Scale = 0.3 };
        for (var trial = 0; trial < 30; trial++)
        {
            using var canvas = Squares(128, new Rect(50, 55, 24, 16));
            using var result = RandomAffine.Draw(options, random).Apply(canvas, 96);
            using var bright = new Mat();
            Cv2.ExtractChannel(result.Pixels, bright, 0);
            Cv2.Threshold(bright, bright, 200, 255, ThresholdTypes.Binary);
            var found = Cv2.BoundingRect(bright);
            var box = Assert.Single(result.Boxes);

            // The grey of the border stays below the threshold, so only the square is bright.
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
    public void Slivers_are_dropped(double x, double y, double w, double h, int expected)
    {
        using var canvas = new Canvas(new Mat(128, 128, MatType.CV_8UC3, Scalar.All(0)), [new PixelBox(0, x + 2, y, x + 2 + w, y + h)]);
        using var result = _center.Apply(canvas, 64);
        Assert.Equal(expected, result.Boxes.Count);
    }

    /// <summary>A black canvas with one white rectangle and its box.</summary>
    private static Canvas Squares(int side, Rect rectangle)
    {
        var pixels = new Mat(side, side, MatType.CV_8UC3, Scalar.All(0));
        Cv2.Rectangle(pixels, rectangle, Scalar.All(255), -1);
        return new Canvas(pixels, [new PixelBox(3, rectangle.Left, rectangle.Top, rectangle.Right, rectangle.Bottom)]);
    }
}
