namespace QatPipeline.Coco.Images.Pixels;

/// <summary>How a resized pixel is made of the original ones.</summary>
public enum Interpolation
{
    /// <summary>Of the four nearest.</summary>
    Linear,

    /// <summary>Of all it covers, by their covered area: for shrinking.</summary>
    Area,
}

/// <summary>Resizes images, bit by bit as the published figures' preprocessing does.</summary>
public static class Resampler
{
    /// <summary>
    /// The image at another size. Takes the original over: it is the result where nothing changes, and disposed of otherwise.
    /// </summary>
    /// <param name="image">The original.</param>
    /// <param name="width">In pixels; for <see cref="Interpolation.Area"/> at most the original's.</param>
    /// <param name="height">In pixels; for <see cref="Interpolation.Area"/> at most the original's.</param>
    /// <param name="interpolation">Halving both sides is an area mean by either.</param>
    public static PixelBuffer Resize(PixelBuffer image, int width, int height, Interpolation interpolation)
    {
        if ((image.Width, image.Height) == (width, height))
        {
            return image;
        }

        var resized = new PixelBuffer(width, height);
        var isWhole = image.Width % width == 0 && image.Height % height == 0;
        if ((image.Width, image.Height) == (2 * width, 2 * height) || (interpolation == Interpolation.Area && isWhole))
        {
            BlockMean.Write(image, resized);
        }
        else if (interpolation == Interpolation.Area)
        {
            AreaResize.Write(image, resized);
        }
        else
        {
            LinearResize.Write(image, resized);
        }

        image.Dispose();
        return resized;
    }

    /// <summary>The size at which the longer side is as given; the other is truncated (reference 8.2).</summary>
    public static (int Width, int Height) SizeWithLongerSide(int width, int height, int longer)
    {
        var ratio = (double)longer / Math.Max(width, height);
        return ratio == 1 ? (width, height) : (Math.Max(1, (int)(width * ratio)), Math.Max(1, (int)(height * ratio)));
    }

    /// <summary>Original pixels a resized one, rounded as the published preprocessing rounds it: the reciprocal of a quotient.</summary>
    internal static double ScaleOf(int original, int resized) => 1 / ((double)resized / original);
}
