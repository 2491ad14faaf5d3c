namespace QatPipeline.Synthetic;

/// <summary>What a camera adds: blur, uneven contrast, sensor noise.</summary>
internal static class CameraEffects
{
    public static void Apply(SKBitmap bitmap, double strongestNoise, Random random)
    {
        Blur(bitmap, random.NextSingle() * random.NextSingle() * 1.8f);
        AddNoise(
            bitmap, strongestNoise * random.NextDouble(), 0.55 + (0.6 * random.NextDouble()), 40 * (random.NextDouble() - 0.5), random);
    }

    private static void Blur(SKBitmap bitmap, float sigma)
    {
        const float Visible = 0.3f;
        if (sigma < Visible)
        {
            return;
        }

        using var original = SKImage.FromBitmap(bitmap);
        using var filter = SKImageFilter.CreateBlur(sigma, sigma, SKShaderTileMode.Clamp);
        using var paint = new SKPaint { ImageFilter = filter };
        using var canvas = new SKCanvas(bitmap);
        canvas.DrawImage(original, 0, 0, paint);
    }

    private static unsafe void AddNoise(SKBitmap bitmap, double deviation, double contrast, double brightness, Random random)
    {
        var pixels = new Span<byte>(bitmap.GetPixels().ToPointer(), bitmap.ByteCount);
        for (var at = 0; at < pixels.Length; at++)
        {
            const int Alpha = 3;
            if (at % 4 != Alpha)
            {
                // The sum of three uniform numbers is close enough to a normal one: variance 1/4, so twice is 1.
                var normal = 2 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
                pixels[at] = (byte)Math.Clamp(((pixels[at] - 128) * contrast) + 128 + brightness + (deviation * normal), 0, 255);
            }
        }
    }
}
