namespace QatPipeline.Synthetic;

/// <summary>Paints what is not an object: a textured ground and clutter that resembles parts of objects.</summary>
internal static class BackgroundPainter
{
    public static void Paint(SKCanvas canvas, int size, Random random)
    {
        PaintGround(canvas, size, random);
        PaintStripes(canvas, size, random);
        PaintClutter(canvas, size, random);
    }

    private static void PaintGround(SKCanvas canvas, int size, Random random)
    {
        using var gradient = SKShader.CreateLinearGradient(
            new SKPoint(0, 0),
            new SKPoint(size * random.NextSingle(), size * random.NextSingle()),
            [Palette.Muted(random), Palette.Muted(random), Palette.Muted(random)],
            SKShaderTileMode.Mirror);
        using var paint = new SKPaint { Shader = gradient };
        canvas.DrawPaint(paint);

        var frequency = 0.01f + (0.12f * random.NextSingle());
        using var turbulence = SKShader.CreatePerlinNoiseTurbulence(
            frequency, frequency * (0.3f + random.NextSingle()), 3, random.Next(1000));
        using var texture = new SKPaint { Shader = turbulence, Color = SKColors.White.WithAlpha((byte)random.Next(40, 150)) };
        canvas.DrawPaint(texture);
    }

    private static void PaintStripes(SKCanvas canvas, int size, Random random)
    {
        if (random.Next(2) == 0)
        {
            return;
        }

        canvas.Save();
        canvas.RotateDegrees(180 * random.NextSingle(), size / 2f, size / 2f);
        var distance = random.Next(6, 40);
        using var paint = new SKPaint
        {
            Color = Palette.Muted(random).WithAlpha((byte)random.Next(40, 130)),
            StrokeWidth = distance * (0.2f + (0.4f * random.NextSingle())),
        };
        for (var x = -size; x < 2 * size; x += distance)
        {
            canvas.DrawLine(x, -size, x, 2 * size, paint);
        }

        canvas.Restore();
    }

    // Strokes, arcs, wedges and specks: pieces that objects are made of, belonging to none.
    private static void PaintClutter(SKCanvas canvas, int size, Random random)
    {
        for (var left = random.Next(8, 30); left > 0; left--)
        {
            using var paint = new SKPaint { IsAntialias = true, Color = Palette.Any(random).WithAlpha((byte)random.Next(90, 255)) };
            var (x, y) = (size * random.NextSingle(), size * random.NextSingle());
            var radius = size * (0.01f + (0.09f * random.NextSingle() * random.NextSingle()));
            switch (random.Next(4))
            {
                case 0:
                    paint.StrokeWidth = 1 + (4 * random.NextSingle());
                    canvas.DrawLine(
                        x, y, x + (radius * 6 * (random.NextSingle() - 0.5f)), y + (radius * 6 * (random.NextSingle() - 0.5f)), paint);
                    break;
                case 1:
                    paint.Style = SKPaintStyle.Stroke;
                    paint.StrokeWidth = 1 + (3 * random.NextSingle());
                    canvas.DrawArc(
                        new SKRect(x - radius, y - radius, x + radius, y + radius),
                        360 * random.NextSingle(),
                        60 + (150 * random.NextSingle()),
                        false,
                        paint);
                    break;
                case 2:
                    canvas.DrawArc(
                        new SKRect(x - radius, y - radius, x + radius, y + radius),
                        360 * random.NextSingle(),
                        30 + (60 * random.NextSingle()),
                        true,
                        paint);
                    break;
                default:
                    canvas.DrawOval(x, y, 1 + (radius * 0.3f), 1 + (radius * 0.15f), paint);
                    break;
            }
        }
    }
}
