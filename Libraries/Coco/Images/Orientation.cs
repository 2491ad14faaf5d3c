using QatPipeline.Coco.Images.Pixels;
using SkiaSharp;

namespace QatPipeline.Coco.Images;

/// <summary>How stored pixels become upright ones (EXIF 2.3, tag 274).</summary>
internal static class Orientation
{
    /// <summary>True where rows become columns.</summary>
    public static bool IsTurned(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>The upright image. Takes the stored one over.</summary>
    public static PixelBuffer Apply(SKEncodedOrigin origin, PixelBuffer stored)
    {
        var image = IsTurned(origin) ? Transpose(stored) : stored;

        // Named after where the first row and the first column of the stored pixels belong.
        if (origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom)
        {
            image.FlipLeftRight();
        }

        if (origin is SKEncodedOrigin.BottomLeft or SKEncodedOrigin.BottomRight or SKEncodedOrigin.LeftBottom
            or SKEncodedOrigin.RightBottom)
        {
            image.FlipUpDown();
        }

        return image;
    }

    private static PixelBuffer Transpose(PixelBuffer stored)
    {
        using (stored)
        {
            var turned = new PixelBuffer(stored.Height, stored.Width);
            var pixels = stored.Pixels;
            for (var x = 0; x < stored.Width; x++)
            {
                var row = turned.Row(x);
                for (var y = 0; y < row.Length; y++)
                {
                    row[y] = pixels[(y * stored.Width) + x];
                }
            }

            return turned;
        }
    }
}
