using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Tests.Images.Pixels;

/// <summary>Reproducible random pixels.</summary>
internal static class TestPixels
{
    /// <summary>Blue, green, red of each pixel in order from one generator; the fourth byte is 0.</summary>
    public static PixelBuffer Random(ulong seed, int width, int height)
    {
        var random = new SplitMix64(seed);
        var image = new PixelBuffer(width, height);
        foreach (ref var pixel in image.Pixels)
        {
            var (blue, green, red) = ((byte)random.Next(), (byte)random.Next(), (byte)random.Next());
            pixel = blue | ((uint)green << 8) | ((uint)red << 16);
        }

        return image;
    }

    /// <summary>Blue, green, red of each pixel, without the fourth byte.</summary>
    public static byte[] Colours(PixelBuffer image)
    {
        var colours = new byte[3 * image.Pixels.Length];
        for (var index = 0; index < colours.Length; index++)
        {
            colours[index] = image.Bytes[(4 * (index / 3)) + (index % 3)];
        }

        return colours;
    }
}
