using QatPipeline.Coco;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;
using SkiaSharp;

namespace QatPipeline.Reporting.Samples;

/// <summary>Small JPEGs for the page.</summary>
internal static class Thumbnail
{
    private const int LongestSide = 480;
    private const int Quality = 72;

    /// <summary>
    /// The picture as a JPEG of at most 480 pixels on its longer side, turned as its boxes were measured, or null where this machine
    /// cannot read the file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Its width in the data set.</param>
    /// <param name="height">Its height in the data set.</param>
    public static byte[]? Read(string path, int width, int height)
    {
        try
        {
            using var picture = ImageDecoder.Decode(path, width, height);
            return Encode(picture);
        }
        catch (CocoException)
        {
            return null;
        }
    }

    private static byte[] Encode(PixelBuffer picture)
    {
        var format = new SKImageInfo(picture.Width, picture.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(picture.Width, picture.Height));
        var size = format.WithSize(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
        using var image = SKImage.FromPixelCopy(format, picture.Bytes);
        using var bitmap = SKBitmap.FromImage(image);
        using var small = bitmap.Resize(size, new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var encoded = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }
}
