using System.Buffers;
using System.Runtime.InteropServices;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>
/// Pixels [H,W,4], 8 bit: blue, green, red and a byte without meaning, which makes a pixel one 32-bit lane and is how the decoder writes.
/// Owns memory, pooled unless it is large; Dispose returns it, as often as it is called.
/// </summary>
public sealed class PixelBuffer : IDisposable
{
    /// <summary>Grey of what surrounds an image (reference 8.2).</summary>
    public const byte Border = 114;

    /// <summary>Bytes of a pixel.</summary>
    internal const int PixelSize = 4;

    // Kernels load pixels in pairs: the last one's pair may be read too.
    private const int Slack = PixelSize;

    // The pool would keep for long what a few giants needed.
    private const int LargestPooled = 64 << 20;

    private readonly NativeBytes? _giant;
    private byte[]? _bytes;

    /// <summary>Takes memory; its content is whatever it was.</summary>
    /// <param name="width">In pixels, at least 1.</param>
    /// <param name="height">In pixels, at least 1.</param>
    public PixelBuffer(int width, int height)
    {
        (Width, Height) = (width, height);
        var length = checked((width * height * PixelSize) + Slack);
        if (length > LargestPooled)
        {
            _giant = new NativeBytes(length);
        }
        else
        {
            _bytes = ArrayPool<byte>.Shared.Rent(length);
        }
    }

    /// <summary>W in pixels.</summary>
    public int Width { get; }

    /// <summary>H in pixels.</summary>
    public int Height { get; }

    /// <summary>All bytes, row by row without gaps.</summary>
    public Span<byte> Bytes => Memory[..^Slack];

    /// <summary>All pixels, row by row; blue is the lowest byte.</summary>
    public Span<uint> Pixels => MemoryMarshal.Cast<byte, uint>(Bytes);

    private Span<byte> Memory =>
        _giant is not null
            ? _giant.Span
            : (_bytes ?? throw new ObjectDisposedException(nameof(PixelBuffer))).AsSpan(0, (Width * Height * PixelSize) + Slack);

    /// <summary>The pixels of a row.</summary>
    public Span<uint> Row(int y) => Pixels.Slice(y * Width, Width);

    /// <summary>The bytes of a row and one pixel beyond, whose value has no meaning.</summary>
    internal ReadOnlySpan<byte> PaddedRow(int y) => Memory.Slice(y * Width * PixelSize, (Width * PixelSize) + Slack);

    /// <summary>A buffer of one grey level.</summary>
    internal static PixelBuffer Grey(int width, int height, byte level = Border)
    {
        var buffer = new PixelBuffer(width, height);
        buffer.Bytes.Fill(level);
        return buffer;
    }

    /// <summary>Copies the part of an image that lies on this one.</summary>
    /// <param name="image">What to place.</param>
    /// <param name="left">Column of the image's first column; may be outside.</param>
    /// <param name="top">Row of the image's first row; may be outside.</param>
    internal void Place(PixelBuffer image, int left, int top)
    {
        var (from, to) = (Math.Max(0, -left), Math.Min(image.Width, Width - left));
        for (var y = Math.Max(0, -top); y < Math.Min(image.Height, Height - top) && from < to; y++)
        {
            image.Row(y)[from..to].CopyTo(Row(top + y)[(left + from)..]);
        }
    }

    /// <summary>Mirrors left and right in place.</summary>
    internal void FlipLeftRight()
    {
        for (var y = 0; y < Height; y++)
        {
            Row(y).Reverse();
        }
    }

    /// <summary>Mirrors top and bottom in place.</summary>
    internal void FlipUpDown()
    {
        Pixels.Reverse();
        FlipLeftRight();
    }

    /// <summary>Gives the memory back to its pool; reading it afterwards fails.</summary>
    public void Dispose()
    {
        _giant?.Dispose();
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
