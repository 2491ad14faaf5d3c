using QatPipeline.Coco.Images.Pixels;

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

    /// <summary>M from a square canvas to a square output, in pixels.</summary>
    public AffineMap Map(int canvas, int output)
    {
        var (sin, cos) = Math.SinCos(Angle * Math.PI / 180);
        var (tanX, tanY) = (Math.Tan(ShearX * Math.PI / 180), Math.Tan(ShearY * Math.PI / 180));

        // R = [s·cos, s·sin; −s·sin, s·cos], S = [1, tanX; tanY, 1].
        var (a, b) = (Scale * (cos - (tanX * sin)), Scale * (sin + (tanX * cos)));
        var (c, d) = (Scale * ((tanY * cos) - sin), Scale * ((tanY * sin) + cos));
        var center = canvas / 2.0;
        return new AffineMap(a, b, (ShiftX * output) - ((a + b) * center), c, d, (ShiftY * output) - ((c + d) * center));
    }

    /// <summary>The canvas and its surviving boxes at the output's size.</summary>
    public Canvas Apply(Canvas source, int output)
    {
        var map = Map(source.Pixels.Width, output);
        var pixels = AffineWarp.Apply(source.Pixels, map, output, output, PixelBuffer.Border);
        var boxes = new List<PixelBox>(source.Boxes.Count);
        foreach (var box in source.Boxes)
        {
            var moved = Move(box, map).Clip(output, output);
            if (Survives(box, moved))
            {
                boxes.Add(moved);
            }
        }

        return new Canvas(pixels, boxes);
    }

    /// <summary>The bounding box of the four moved corners.</summary>
    private static PixelBox Move(PixelBox box, AffineMap map)
    {
        (double X, double Y)[] corners =
            [map.Apply(box.X1, box.Y1), map.Apply(box.X2, box.Y2), map.Apply(box.X1, box.Y2), map.Apply(box.X2, box.Y1)];
        return new PixelBox(
            box.Class,
            corners.Min(corner => corner.X),
            corners.Min(corner => corner.Y),
            corners.Max(corner => corner.X),
            corners.Max(corner => corner.Y));
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
