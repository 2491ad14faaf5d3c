using System.Buffers;
using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;
using SkiaSharp;

namespace QatPipeline.Coco.Images;

/// <summary>An image file in memory whose header was read.</summary>
internal sealed class EncodedImage : IDisposable
{
    private readonly string _path;
    private readonly FileContent _content;
    private readonly MemoryHandle _pin;
    private readonly SKData _data;
    private readonly SKCodec _codec;

    private unsafe EncodedImage(string path, FileContent content)
    {
        (_path, _content) = (path, content);
        _pin = content.Bytes.Pin();
        _data = SKData.Create((nint)_pin.Pointer, content.Bytes.Length);
        try
        {
            _codec = SKCodec.Create(_data) ?? throw new CocoException($"{path}: not a readable image{Hint(content.Bytes.Span)}.");
            RefuseGiants(path, _codec.Info);
            Orientation = _codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Of(content.Bytes.Span) : _codec.EncodedOrigin;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Width and height of the pixels as they are stored.</summary>
    public (int Width, int Height) StoredSize => (_codec.Info.Width, _codec.Info.Height);

    /// <summary>Width and height after the EXIF orientation.</summary>
    public (int Width, int Height) UprightSize => Upright(_codec.Info, Orientation);

    /// <summary>The file as it is.</summary>
    public ReadOnlySpan<byte> Bytes => _content.Bytes.Span;

    /// <summary>Where the first stored row and column belong.</summary>
    public SKEncodedOrigin Orientation { get; }

    /// <exception cref="CocoException">The file is missing, or its header cannot be read or claims too many pixels.</exception>
    public static EncodedImage Open(string path) => new(path, FileContent.Read(path));

    /// <summary>Width and height after the EXIF orientation, without decoding.</summary>
    /// <exception cref="CocoException">The file is missing, or its header cannot be read or claims too many pixels.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        using var codec = SKCodec.Create(path);
        if (codec is not null && codec.EncodedFormat != SKEncodedImageFormat.Png)
        {
            RefuseGiants(path, codec.Info);
            return Upright(codec.Info, codec.EncodedOrigin);
        }

        // The orientation of a PNG may stand behind its pixels.
        using var image = Open(path);
        return image.UprightSize;
    }

    /// <summary>The pixels as they are stored.</summary>
    /// <exception cref="CocoException">The file is corrupt or truncated.</exception>
    public unsafe PixelBuffer Decode()
    {
        var (width, height) = StoredSize;
        var pixels = new PixelBuffer(width, height);

        // Not premultiplied, so that transparency can be dropped; without a colour space, so that levels stay what was stored.
        var alpha = _codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        SKCodecResult result;
        fixed (byte* destination = pixels.Bytes)
        {
            var format = new SKImageInfo(width, height, SKColorType.Bgra8888, alpha);
            result = _codec.GetPixels(format, (nint)destination, format.RowBytes, SKCodecOptions.Default);
        }

        if (result == SKCodecResult.Success)
        {
            return pixels;
        }

        pixels.Dispose();
        throw new CocoException(result == SKCodecResult.IncompleteInput
            ? $"{_path}: the file ends in the middle of the image"
            : $"{_path}: the image is damaged or incomplete ({result})");
    }

    public void Dispose()
    {
        _codec?.Dispose();
        _data.Dispose();
        _pin.Dispose();
        _content.Dispose();
    }

    private static (int Width, int Height) Upright(SKImageInfo info, SKEncodedOrigin origin) =>
        Images.Orientation.IsTurned(origin) ? (info.Height, info.Width) : (info.Width, info.Height);

    private static void RefuseGiants(string path, SKImageInfo info)
    {
        if ((long)info.Width * info.Height > Limits.Pixels.Value)
        {
            throw new CocoException($"{path}: its header claims {info.Width}×{info.Height} pixels; {Limits.Pixels}.");
        }
    }

    private static string Hint(ReadOnlySpan<byte> bytes) => bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)
        ? ": TIFF files are not supported; convert it to PNG"
        : string.Empty;
}
