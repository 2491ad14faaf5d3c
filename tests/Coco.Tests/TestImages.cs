using SkiaSharp;

namespace QatPipeline.Coco.Tests;

internal static class TestImages
{
    /// <summary>Writes an image of smooth, reproducible colours; the extension chooses the format.</summary>
    public static void Write(string path, int width, int height)
    {
        using var image = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image.SetPixel(x, y, new SKColor((byte)((x + y) % 256), (byte)(y * 255 / height), (byte)(x * 255 / width)));
            }
        }

        Save(image, path);
    }

    /// <summary>Writes an image; the extension chooses the format.</summary>
    public static void Save(SKBitmap image, string path)
    {
        var format = Path.GetExtension(path) == ".png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
        using var file = File.Create(path);
        image.Encode(file, format, quality: 95);
    }
}
