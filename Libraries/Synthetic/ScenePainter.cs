namespace QatPipeline.Synthetic;

/// <summary>Draws one picture: ground and clutter, overlapping objects, then what a camera adds.</summary>
internal sealed class ScenePainter(SyntheticOptions options)
{
    public SyntheticImage Paint(int index)
    {
        // Neighbouring seeds of the generator are related; the golden ratio spreads them.
        var random = new Random(unchecked((int)((((ulong)(uint)options.Seed << 32) + (uint)index) * 0x9E3779B97F4A7C15 >> 32)));
        using var bitmap = new SKBitmap(new SKImageInfo(options.Size, options.Size, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var visible = new VisibilityMap(options.Size);
        using (var canvas = new SKCanvas(bitmap))
        {
            BackgroundPainter.Paint(canvas, options.Size, random);
            for (var left = random.Next(options.Objects.Fewest, options.Objects.Most + 1); left > 0; left--)
            {
                PaintObject(canvas, visible, random);
            }
        }

        CameraEffects.Apply(bitmap, options.Noise, random);
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, random.Next(55, 92));
        return new SyntheticImage(data.ToArray(), visible.Visible(options.LeastVisible));
    }

    private void PaintObject(SKCanvas canvas, VisibilityMap visible, Random random)
    {
        var shape = random.Next(ShapeCatalog.Names.Count);
        using var outline = ShapeCatalog.Outline(shape);
        outline.Transform(Placement(random));
        visible.Add(shape, outline);

        using var fill = new SKPaint { IsAntialias = true, Color = ColorOf(shape, random).WithAlpha((byte)random.Next(170, 256)) };
        canvas.DrawPath(outline, fill);
        if (random.Next(3) == 0)
        {
            PaintTexture(canvas, outline, random);
        }

        if (random.Next(2) == 0)
        {
            using var border = new SKPaint
            {
                IsAntialias = true,
                Style = SKPaintStyle.Stroke,
                StrokeWidth = 1 + (2 * random.NextSingle()),
                Color = Palette.Any(random).WithAlpha(200),
            };
            canvas.DrawPath(outline, border);
        }
    }

    // Without hints no random number is drawn for them: such pictures are those of the versions before there were any.
    private SKColor ColorOf(int shape, Random random) =>
        options.ColorHint > 0 && random.NextDouble() < options.ColorHint
            ? Palette.OfClass(shape, ShapeCatalog.Names.Count, random)
            : Palette.Any(random);

    // Size, stretch, rotation and place; a tenth of the objects reach over the border.
    private SKMatrix Placement(Random random)
    {
        var (smallest, largest) = options.Scale;
        var radius = (float)(options.Size / 2.0 * smallest * Math.Pow(largest / smallest, random.NextDouble()));
        var stretch = 0.75f + (0.5f * random.NextSingle());
        var margin = random.Next(10) == 0 ? 0 : Math.Min(radius, options.Size / 2f);
        var place = SKMatrix.CreateTranslation(
            margin + ((options.Size - (2 * margin)) * random.NextSingle()), margin + ((options.Size - (2 * margin)) * random.NextSingle()));
        return place
            .PreConcat(SKMatrix.CreateRotationDegrees(360 * random.NextSingle()))
            .PreConcat(SKMatrix.CreateScale(radius * stretch, radius / stretch));
    }

    private static void PaintTexture(SKCanvas canvas, SKPath outline, Random random)
    {
        canvas.Save();
        canvas.ClipPath(outline, antialias: true);
        var bounds = outline.Bounds;
        var distance = 3 + (10 * random.NextSingle());
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = distance * 0.4f, Color = Palette.Any(random).WithAlpha(160) };
        canvas.RotateDegrees(180 * random.NextSingle(), bounds.MidX, bounds.MidY);
        var reach = bounds.Width + bounds.Height;
        for (var x = bounds.MidX - reach; x < bounds.MidX + reach; x += distance)
        {
            canvas.DrawLine(x, bounds.MidY - reach, x, bounds.MidY + reach, paint);
        }

        canvas.Restore();
    }
}
