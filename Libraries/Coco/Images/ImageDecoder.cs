using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Images;

/// <summary>What a readable image file holds.</summary>
/// <param name="Width">Pixels, in the frame the image's boxes are measured in.</param>
/// <param name="Height">Pixels, in the same frame.</param>
/// <param name="Sha256">Digest of the file, lower-case hex.</param>
public readonly record struct ImageProbe(int Width, int Height, string Sha256);

/// <summary>Image files (JPEG, PNG, WebP, BMP, GIF) to pixels.</summary>
public static class ImageDecoder
{
    /// <summary>Decodes an image to prove that it can be read; the file is read once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">The size the data set states; 0 where it states none. It decides whether an EXIF orientation is applied.</param>
    /// <param name="height">The size the data set states; 0 where it states none.</param>
    /// <exception cref="CocoException">The file is missing, not a readable image, or of another size than stated.</exception>
    public static ImageProbe Probe(string path, int width = 0, int height = 0)
    {
        using var file = EncodedImage.Open(path);
        using var image = Decode(file, path, width, height);
        return new ImageProbe(image.Width, image.Height, Digests.Of(file.Bytes));
    }

    /// <summary>
    /// Decodes an image into the frame its boxes are measured in. Its EXIF orientation is applied, as viewers and labelling tools do,
    /// unless the data set states the size of the pixels as they are stored and turning would exchange width and height: then the
    /// boxes were measured without it. Where the size cannot tell (a square, a half turn, a mirror image), it is applied.
    /// </summary>
    /// <param name="path">A JPEG, PNG, WebP, BMP or GIF file. Of an animation, the first picture; transparency is dropped.</param>
    /// <param name="width">The size the data set states; 0 where it states none.</param>
    /// <param name="height">The size the data set states; 0 where it states none.</param>
    /// <exception cref="CocoException">The file is missing, corrupt, truncated, too large or of another size than stated.</exception>
    public static PixelBuffer Decode(string path, int width = 0, int height = 0)
    {
        using var image = EncodedImage.Open(path);
        return Decode(image, path, width, height);
    }

    private static PixelBuffer Decode(EncodedImage image, string path, int width, int height)
    {
        if (width == 0 || height == 0 || image.UprightSize == (width, height))
        {
            return Orientation.Apply(image.Orientation, image.Decode());
        }

        var (foundWidth, foundHeight) = image.UprightSize;
        return image.StoredSize == (width, height)
            ? image.Decode()
            : throw new CocoException(
                $"{path}: the image has {foundWidth}×{foundHeight} pixels, the data set says {width}×{height}.");
    }
}
