using SkiaSharp;

namespace QatPipeline.Reporting.Samples;

/// <summary>Small JPEGs for the page.</summary>
internal static class Thumbnail
{
    private const int LongestSide = 480;
    private const int Quality = 72;

    /// <summary>The picture as a JPEG of at most 480 pixels a side, or null where this machine cannot read the file.</summary>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var picture = SKBitmap.Decode(path);
        if (picture is null)
        {
            return null;
        }

        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(picture.Width, picture.Height));
        var size = new SKImageInfo(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
        using var small = picture.Resize(size, new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var encoded = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }
}
