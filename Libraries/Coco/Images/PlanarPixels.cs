using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Images;

/// <summary>Interleaved bytes to planes of red, green and blue on a grey canvas.</summary>
public static class PlanarPixels
{
    /// <summary>Places an image on the canvas and fills the rest with grey.</summary>
    /// <param name="image">No larger than the canvas.</param>
    /// <param name="left">Column of the image's first column.</param>
    /// <param name="top">Row of the image's first row.</param>
    /// <param name="canvas">Height and width.</param>
    /// <param name="destination">[3,H,W] levels 0…255, overwritten.</param>
    public static void Write(PixelBuffer image, int left, int top, (int Height, int Width) canvas, Span<byte> destination)
    {
        var plane = canvas.Height * canvas.Width;
        var (width, height) = (image.Width, image.Height);
        for (var channel = 0; channel < 3; channel++)
        {
            FillBorder(destination.Slice(channel * plane, plane), left, top, width, height, canvas);
        }

        for (var y = 0; y < height; y++)
        {
            var offset = ((top + y) * canvas.Width) + left;
            WriteRow(
                image.Row(y),
                destination.Slice(offset, width),
                destination.Slice(plane + offset, width),
                destination.Slice((2 * plane) + offset, width));
        }
    }

    /// <summary>The same as numbers in 0…1.</summary>
    /// <inheritdoc cref="Write(PixelBuffer, int, int, ValueTuple{int, int}, Span{byte})"/>
    public static void Write(PixelBuffer image, int left, int top, (int Height, int Width) canvas, Span<float> destination)
    {
        var levels = ArrayPool<byte>.Shared.Rent(destination.Length);
        Write(image, left, top, canvas, levels.AsSpan(0, destination.Length));
        ToUnit(levels.AsSpan(0, destination.Length), destination);
        ArrayPool<byte>.Shared.Return(levels);
    }

    /// <summary>Levels 0…255 to numbers in 0…1.</summary>
    /// <param name="levels">As many as there are numbers.</param>
    /// <param name="destination">Overwritten.</param>
    public static void ToUnit(ReadOnlySpan<byte> levels, Span<float> destination)
    {
        var index = 0;
        ref var source = ref MemoryMarshal.GetReference(levels);
        for (; index <= levels.Length - Vector256<byte>.Count; index += Vector256<byte>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref source, (nuint)index));
            Store(low, destination[index..]);
            Store(high, destination[(index + Vector256<ushort>.Count)..]);
        }

        ToUnitScalar(levels[index..], destination[index..]);
    }

    /// <summary>The definition of <see cref="ToUnit"/>.</summary>
    internal static void ToUnitScalar(ReadOnlySpan<byte> levels, Span<float> destination)
    {
        for (var index = 0; index < levels.Length; index++)
        {
            destination[index] = levels[index] / 255f;
        }
    }

    /// <summary>One row of pixels to three rows of levels.</summary>
    internal static void WriteRow(ReadOnlySpan<uint> pixels, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        var x = 0;
        ref var source = ref MemoryMarshal.GetReference(pixels);
        for (; x <= pixels.Length - Vector256<byte>.Count; x += Vector256<byte>.Count)
        {
            ref var block = ref Unsafe.Add(ref source, x);
            Gather(ref block, 0).CopyTo(blue[x..]);
            Gather(ref block, 8).CopyTo(green[x..]);
            Gather(ref block, 16).CopyTo(red[x..]);
        }

        WriteRowScalar(pixels[x..], red[x..], green[x..], blue[x..]);
    }

    /// <summary>The definition of <see cref="WriteRow"/>.</summary>
    internal static void WriteRowScalar(ReadOnlySpan<uint> pixels, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        for (var x = 0; x < pixels.Length; x++)
        {
            blue[x] = (byte)pixels[x];
            green[x] = (byte)(pixels[x] >> 8);
            red[x] = (byte)(pixels[x] >> 16);
        }
    }

    /// <summary>The bytes that begin at a bit of 32 pixels in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Gather(ref uint pixels, int shift)
    {
        return Vector256.Narrow(Vector256.Narrow(Lanes(ref pixels, 0), Lanes(ref pixels, 1)), Vector256.Narrow(Lanes(ref pixels, 2), Lanes(ref pixels, 3)));

        Vector256<uint> Lanes(ref uint first, int block) =>
            (Vector256.LoadUnsafe(ref first, (nuint)(block * Vector256<uint>.Count)) >>> shift) & Vector256.Create(0xFFu);
    }

    // A true division: multiplying by 1/255 would differ from the scalar path in the last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<ushort> levels, Span<float> destination)
    {
        var (low, high) = Vector256.Widen(levels);
        (Vector256.ConvertToSingle(low.AsInt32()) / Vector256.Create(255f)).CopyTo(destination);
        (Vector256.ConvertToSingle(high.AsInt32()) / Vector256.Create(255f)).CopyTo(destination[Vector256<float>.Count..]);
    }

    private static void FillBorder(Span<byte> plane, int left, int top, int width, int height, (int Height, int Width) canvas)
    {
        plane[..(top * canvas.Width)].Fill(PixelBuffer.Border);
        plane[((top + height) * canvas.Width)..].Fill(PixelBuffer.Border);
        for (var y = top; y < top + height && width < canvas.Width; y++)
        {
            var row = plane.Slice(y * canvas.Width, canvas.Width);
            row[..left].Fill(PixelBuffer.Border);
            row[(left + width)..].Fill(PixelBuffer.Border);
        }
    }
}
