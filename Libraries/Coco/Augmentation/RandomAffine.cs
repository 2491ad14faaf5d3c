using OpenCvSharp;
using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Rotation, scale, shear and shift of a canvas to the network's size (reference 8.3, step 3): M = T·S·R·C.</summary>
internal readonly record struct RandomAffine(double Angle, double Scale, double ShearX, double ShearY, double ShiftX, double ShiftY)
{
    private const double SmallestSide = 2;
    private const double SmallestAreaPart = 0.1;
    private const double LargestAspectRatio = 20;
    private const double Epsilon = 1e-16;

    /// <summary>Draws in the reference's order: angle, scale, shear x, shear y, translate x, translate y.</summary>
    public static RandomAffine Draw(AugmentationOptions options, SeededRandom random) => new(
        random.Uniform(-options.Degrees, options.Degrees),
        random.Uniform(1 - options.Scale, 1 + options.Scale),
        random.Uniform(-options.Shear, options.Shear),
        random.Uniform(-options.Shear, options.Shear),
        random.Uniform(0.5 - options.Translate, 0.5 + options.Translate),
        random.Uniform(0.5 - options.Translate, 0.5 + options.Translate));

    /// <summary>The rows of M from a square canvas to a square output, in pixels.</summary>
    public (double A, double B, double Tx, double C, double D, double Ty) Matrix(int canvas, int output)
    {
        var (sin, cos) = Math.SinCos(Angle * Math.PI / 180);
        var (tanX, tanY) = (Math.Tan(ShearX * Math.PI / 180), Math.Tan(ShearY * Math.PI / 180));

        // R = [s·cos, s·sin; −s·sin, s·cos], S = [1, tanX; tanY, 1].
        var (a, b) = (Scale * (cos - (tanX * sin)), Scale * (sin + (tanX * cos)));
        var (c, d) = (Scale * ((tanY * cos) - sin), Scale * ((tanY * sin) + cos));
        var center = canvas / 2.0;
        return (a, b, (ShiftX * output) - ((a + b) * center), c, d, (ShiftY * output) - ((c + d) * center));
    }

    /// <summary>The canvas and its surviving boxes at the output's size.</summary>
    public Canvas Apply(Canvas source, int output)
    {
        var m = Matrix(source.Pixels.Width, output);
        using var matrix = Mat.FromPixelData(2, 3, MatType.CV_64FC1, new[] { m.A, m.B, m.Tx, m.C, m.D, m.Ty });
        var pixels = new Mat();
        Cv2.WarpAffine(
            source.Pixels,
            pixels,
            matrix,
            new Size(output, output),
            InterpolationFlags.Linear,
            BorderTypes.Constant,
            Scalar.All(ImageDecoder.Border));
        var boxes = new List<PixelBox>(source.Boxes.Count);
        foreach (var box in source.Boxes)
        {
            var moved = Move(box, m).Clip(output, output);
            if (Survives(box, moved))
            {
                boxes.Add(moved);
            }
        }

        return new Canvas(pixels, boxes);
    }

    /// <summary>The bounding box of the four moved corners.</summary>
    private static PixelBox Move(PixelBox box, (double A, double B, double Tx, double C, double D, double Ty) m)
    {
        double[] xs = [X(box.X1, box.Y1), X(box.X2, box.Y2), X(box.X1, box.Y2), X(box.X2, box.Y1)];
        double[] ys = [Y(box.X1, box.Y1), Y(box.X2, box.Y2), Y(box.X1, box.Y2), Y(box.X2, box.Y1)];
        return new PixelBox(box.Class, xs.Min(), ys.Min(), xs.Max(), ys.Max());

        double X(double x, double y) => (m.A * x) + (m.B * y) + m.Tx;
        double Y(double x, double y) => (m.C * x) + (m.D * y) + m.Ty;
    }

    private bool Survives(PixelBox before, PixelBox after)
    {
        var (w, h) = (after.Width, after.Height);
        var areaBefore = before.Width * before.Height * Scale * Scale;
        return w > SmallestSide && h > SmallestSide
            && w * h / (areaBefore + Epsilon) > SmallestAreaPart
            && Math.Max(w / (h + Epsilon), h / (w + Epsilon)) < LargestAspectRatio;
    }
}
