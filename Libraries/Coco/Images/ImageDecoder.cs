using System.Buffers;
using OpenCvSharp;

namespace QatPipeline.Coco.Images;

/// <summary>Image files to pixels and network inputs, through OpenCV.</summary>
public static class ImageDecoder
{
    /// <summary>Grey of the border (reference 8.2).</summary>
    public const byte Border = 114;

    // The loader runs one image a thread; OpenCV's own threads would only compete with it.
    static ImageDecoder() => Cv2.SetNumThreads(1);

    /// <summary>Decodes an image to prove that it can be read, and gives its size in pixels.</summary>
    /// <exception cref="CocoException">The file is missing or not a readable image.</exception>
    public static (int Width, int Height) Probe(string path)
    {
        using var image = Decode(path);
        return (image.Width, image.Height);
    }

    /// <summary>Decodes to 8-bit BGR. EXIF rotation is applied unless the data set's size says that it was recorded without.</summary>
    /// <param name="path">A JPEG, PNG or other file that OpenCV reads.</param>
    /// <param name="width">The size the data set states; 0 where it states none.</param>
    /// <param name="height">The size the data set states; 0 where it states none.</param>
    /// <exception cref="CocoException">The file is missing, corrupt, truncated or of another size than stated.</exception>
    internal static Mat Decode(string path, int width = 0, int height = 0)
    {
        var (buffer, length) = ReadFile(path);
        try
        {
            var bytes = buffer.AsSpan(0, length);
            if (IsTruncatedJpeg(bytes))
            {
                throw new CocoException($"{path}: the file ends in the middle of the image");
            }

            var image = Decode(path, bytes, ImreadModes.Color);
            if (width > 0 && (image.Width, image.Height) == (height, width) && width != height)
            {
                image.Dispose();
                image = Decode(path, bytes, ImreadModes.Color | ImreadModes.IgnoreOrientation);
            }

            if (width > 0 && height > 0 && (image.Width, image.Height) != (width, height))
            {
                var found = $"{image.Width}×{image.Height}";
                image.Dispose();
                throw new CocoException($"{path}: the image has {found} pixels, the data set says {width}×{height}");
            }

            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads an image onto a canvas: load at the protocol's size, letterbox, BGR → RGB, /255 (reference 8.2).</summary>
    /// <param name="image">The file; where it states a size, the decoded image must have it.</param>
    /// <param name="protocol">Load size, pad and gain.</param>
    /// <param name="canvas">Height and width in pixels.</param>
    /// <param name="destination">[3,H,W], overwritten.</param>
    /// <exception cref="CocoException">The file is missing, corrupt, truncated or of another size than stated.</exception>
    public static LetterboxTransform ReadLetterboxed(
        ImageFile image, EvaluationProtocol protocol, (int Height, int Width) canvas, Span<float> destination)
    {
        using var original = Decode(image.Path, image.Width, image.Height);
        var (width, height) = LetterboxTransform.LoadedSize(original.Width, original.Height, protocol.LoadSize);
        var transform = LetterboxTransform.Plan(original.Width, original.Height, width, height, canvas, protocol);
        var shrinks = protocol.LoadSize < Math.Max(original.Width, original.Height);
        using var loaded = Resize(original, width, height, shrinks ? InterpolationFlags.Area : InterpolationFlags.Linear);
        using var placed = Resize(loaded, transform.ResizedWidth, transform.ResizedHeight, InterpolationFlags.Linear);
        PlanarPixels.Write(placed, transform.Left, transform.Top, canvas, destination);
        return transform;
    }

    /// <summary>A resized image; where nothing changes, another reference to the same pixels.</summary>
    internal static Mat Resize(Mat image, int width, int height, InterpolationFlags interpolation)
    {
        if (image.Width == width && image.Height == height)
        {
            return new Mat(image, new Rect(0, 0, width, height));
        }

        var resized = new Mat();
        Cv2.Resize(image, resized, new Size(width, height), 0, 0, interpolation);
        return resized;
    }

    /// <summary>The size found by decoding; null where the file is no image.</summary>
    internal static (int Width, int Height)? TryReadSize(string path)
    {
        using var image = Cv2.ImRead(path, ImreadModes.Color | ImreadModes.IgnoreOrientation);
        return image.Empty() ? null : (image.Width, image.Height);
    }

    private static Mat Decode(string path, ReadOnlySpan<byte> bytes, ImreadModes modes)
    {
        try
        {
            var image = Cv2.ImDecode(bytes, modes);
            if (!image.Empty())
            {
                return image;
            }

            image.Dispose();
        }
        catch (OpenCVException error)
        {
            throw new CocoException($"{path}: not a readable image: {error.Message}", error);
        }

        throw new CocoException($"{path}: not a readable image");
    }

    private static (byte[] Buffer, int Length) ReadFile(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = checked((int)RandomAccess.GetLength(file));
            if (length == 0)
            {
                throw new CocoException($"{path}: the file is empty");
            }

            var buffer = ArrayPool<byte>.Shared.Rent(length);
            var read = 0;
            for (var chunk = -1; read < length && chunk != 0; read += chunk)
            {
                chunk = RandomAccess.Read(file, buffer.AsSpan(read, length - read), read);
            }

            return (buffer, read);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CocoException($"{path}: no such image file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new CocoException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// OpenCV fills the rest of a cut JPEG with grey and only prints a warning. Entropy-coded data never holds a marker, so a whole
    /// file has an end of image (FF D9) after its last start of scan (FF DA); thumbnails in the header end before it.
    /// </summary>
    private static bool IsTruncatedJpeg(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) &&
        bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
}
