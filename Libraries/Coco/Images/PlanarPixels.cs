using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace QatPipeline.Coco.Images;

/// <summary>Interleaved BGR bytes to planes of RGB floats in 0…1 on a grey canvas.</summary>
internal static class PlanarPixels
{
    // Pixels a step: 3 vectors of 16 interleaved bytes give 16 of each channel.
    private const int Step = 16;

    private const float Grey = ImageDecoder.Border / 255f;

    // [channel][vector]: where the channel's 16 bytes are in each of three vectors of BGRBGR…; 255 picks nothing.
    private static readonly Vector128<byte>[][] _picks =
        [.. Enumerable.Range(0, 3).Select(channel => Enumerable.Range(0, 3).Select(vector => Pick(channel, vector)).ToArray())];

    /// <summary>Places an image on the canvas and fills the rest with grey.</summary>
    /// <param name="image">[H,W,3] BGR, 8 bit, no larger than the canvas.</param>
    /// <param name="left">Column of the image's first column.</param>
    /// <param name="top">Row of the image's first row.</param>
    /// <param name="canvas">Height and width.</param>
    /// <param name="destination">[3,H,W], overwritten.</param>
    public static unsafe void Write(Mat image, int left, int top, (int Height, int Width) canvas, Span<float> destination)
    {
        var plane = canvas.Height * canvas.Width;
        var (width, height) = (image.Width, image.Height);
        for (var channel = 0; channel < 3; channel++)
        {
            FillBorder(destination.Slice(channel * plane, plane), left, top, width, height, canvas);
        }

        for (var y = 0; y < height; y++)
        {
            var row = new ReadOnlySpan<byte>(image.Ptr(y).ToPointer(), width * 3);
            var offset = ((top + y) * canvas.Width) + left;
            WriteRow(
                row,
                destination.Slice(offset, width),
                destination.Slice(plane + offset, width),
                destination.Slice((2 * plane) + offset, width));
        }
    }

    /// <summary>One row of BGR bytes to three rows of floats.</summary>
    internal static void WriteRow(ReadOnlySpan<byte> bgr, Span<float> red, Span<float> green, Span<float> blue)
    {
        var x = 0;
        ref var source = ref MemoryMarshal.GetReference(bgr);
        for (; Vector128.IsHardwareAccelerated && x <= red.Length - Step; x += Step)
        {
            var first = Vector128.LoadUnsafe(ref source, (nuint)(3 * x));
            var second = Vector128.LoadUnsafe(ref source, (nuint)((3 * x) + 16));
            var third = Vector128.LoadUnsafe(ref source, (nuint)((3 * x) + 32));
            Store(Channel(0, first, second, third), blue[x..]);
            Store(Channel(1, first, second, third), green[x..]);
            Store(Channel(2, first, second, third), red[x..]);
        }

        for (; x < red.Length; x++)
        {
            blue[x] = bgr[3 * x] / 255f;
            green[x] = bgr[(3 * x) + 1] / 255f;
            red[x] = bgr[(3 * x) + 2] / 255f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Channel(int channel, Vector128<byte> first, Vector128<byte> second, Vector128<byte> third)
    {
        var picks = _picks[channel];
        return Vector128.Shuffle(first, picks[0]) | Vector128.Shuffle(second, picks[1]) | Vector128.Shuffle(third, picks[2]);
    }

    // A true division: multiplying by 1/255 would differ from the scalar path in the last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> bytes, Span<float> destination)
    {
        ref var to = ref MemoryMarshal.GetReference(destination);
        var scale = Vector256.Create(255f);
        var words = Vector256.WidenLower(bytes.ToVector256());
        var (lower, upper) = Vector256.Widen(words);
        (Vector256.ConvertToSingle(lower.AsInt32()) / scale).StoreUnsafe(ref to);
        (Vector256.ConvertToSingle(upper.AsInt32()) / scale).StoreUnsafe(ref to, 8);
    }

    private static Vector128<byte> Pick(int channel, int vector)
    {
        Span<byte> indices = stackalloc byte[Step];
        for (var pixel = 0; pixel < Step; pixel++)
        {
            var position = (3 * pixel) + channel - (16 * vector);
            indices[pixel] = position is >= 0 and < 16 ? (byte)position : byte.MaxValue;
        }

        return Vector128.Create(indices);
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
