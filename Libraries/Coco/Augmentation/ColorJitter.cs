using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Random gains of hue, saturation and value through lookup tables on 8-bit HSV (reference 8.3).</summary>
internal static class ColorJitter
{
    /// <summary>Changes the pixels in place.</summary>
    public static void Apply(PixelBuffer pixels, AugmentationOptions options, SeededRandom random)
    {
        if (options is { Hue: 0, Saturation: 0, Value: 0 })
        {
            return;
        }

        Apply(pixels, hue: Gain(options.Hue), saturation: Gain(options.Saturation), value: Gain(options.Value));

        double Gain(double strength) => 1 + (random.Uniform(-1, 1) * strength);
    }

    /// <summary>Multiplies hue (around the circle), saturation and value (both up to their largest level) in place.</summary>
    internal static void Apply(PixelBuffer pixels, double hue, double saturation, double value)
    {
        var hues = Table(level => level * hue % HsvColors.HueRange);
        var saturations = Table(level => level * saturation);
        var values = Table(level => level * value);

        HsvColors.FromBgr(pixels.Pixels);
        foreach (ref var pixel in pixels.Pixels)
        {
            pixel = hues[(byte)pixel] | ((uint)saturations[(byte)(pixel >> 8)] << 8) | ((uint)values[(byte)(pixel >> 16)] << 16);
        }

        HsvColors.ToBgr(pixels.Pixels);
    }

    private static byte[] Table(Func<int, double> change) =>
        [.. Enumerable.Range(0, byte.MaxValue + 1).Select(level => (byte)Math.Min(change(level), byte.MaxValue))];
}
