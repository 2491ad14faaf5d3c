using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Images;

/// <summary>Interleaved bytes to planes of RGB floats in 0…1 on a grey canvas.</summary>
public static class PlanarPixels
{
    private const float Grey = PixelBuffer.Border / 255f;

    /// <summary>Places an image on the canvas and fills the rest with grey.</summary>
    /// <param name="image">No larger than the canvas.</param>
    /// <param name="left">Column of the image's first column.</param>
    /// <param name="top">Row of the image's first row.</param>
    /// <param name="canvas">Height and width.</param>
    /// <param name="destination">[3,H,W], overwritten.</param>
    public static void Write(PixelBuffer image, int left, int top, (int Height, int Width) canvas, Span<float> destination)
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

    /// <summary>One row of pixels to three rows of floats.</summary>
    internal static void WriteRow(ReadOnlySpan<uint> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        var x = 0;
        ref var source = ref MemoryMarshal.GetReference(pixels);
        for (; x <= pixels.Length - Vector256<uint>.Count; x += Vector256<uint>.Count)
        {
            var lanes = Vector256.LoadUnsafe(ref source, (nuint)x);
            Store(lanes, blue[x..]);
            Store(lanes >>> 8, green[x..]);
            Store(lanes >>> 16, red[x..]);
        }

        WriteRowScalar(pixels[x..], red[x..], green[x..], blue[x..]);
    }

    /// <summary>The definition of <see cref="WriteRow"/>.</summary>
    internal static void WriteRowScalar(ReadOnlySpan<uint> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (var x = 0; x < pixels.Length; x++)
        {
            blue[x] = (byte)pixels[x] / 255f;
            green[x] = (byte)(pixels[x] >> 8) / 255f;
            red[x] = (byte)(pixels[x] >> 16) / 255f;
        }
    }

    // A true division: multiplying by 1/255 would differ from the scalar path in the last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> lanes, Span<float> destination)
    {
        var levels = (lanes & Vector256.Create(0xFFu)).AsInt32();
        (Vector256.ConvertToSingle(levels) / Vector256.Create(255f)).CopyTo(destination);
    }

    private static void FillBorder(Span<float> plane, int left, int top, int width, int height, (int Height, int Width) canvas)
    {
        plane[..(top * canvas.Width)].Fill(Grey);
        plane[((top + height) * canvas.Width)..].Fill(Grey);
        for (var y = top; y < top + height && width < canvas.Width; y++)
        {
            var row = plane.Slice(y * canvas.Width, canvas.Width);
            row[..left].Fill(Grey);
            row[(left + width)..].Fill(Grey);
        }
    }
}
