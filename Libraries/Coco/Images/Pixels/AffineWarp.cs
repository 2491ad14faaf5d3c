using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>
/// Moves an image by an affine map, bilinear at 32 positions a pixel, as the reference's augmentation does. What lies outside has the
/// border's grey.
/// </summary>
internal static class AffineWarp
{
    // Positions are summed in 10 bits of fraction, of which 5 are used.
    private const int PositionBits = 10;
    private const int FractionBits = 5;
    private const int Steps = 1 << FractionBits;
    private const int RoundPosition = 1 << (PositionBits - FractionBits - 1);
    private const int RoundMix = 1 << ((2 * FractionBits) - 1);

    /// <param name="source">The original.</param>
    /// <param name="map">From the original to the result.</param>
    /// <param name="width">Of the result, in pixels.</param>
    /// <param name="height">Of the result, in pixels.</param>
    /// <param name="border">Grey level outside the original.</param>
    public static PixelBuffer Apply(PixelBuffer source, AffineMap map, int width, int height, byte border)
    {
        var result = new PixelBuffer(width, height);
        var back = map.Inverse();
        var (stepsX, stepsY) = (Scaled(width, back.A), Scaled(width, back.C));
        for (var y = 0; y < height; y++)
        {
            var startX = Fixed((back.B * y) + back.Tx) + RoundPosition;
            var startY = Fixed((back.D * y) + back.Ty) + RoundPosition;
            WriteRow(source, (startX, stepsX), (startY, stepsY), border, result.Row(y));
        }

        return result;
    }

    /// <summary>Blends two pixels of a row with the two below them.</summary>
    /// <param name="upper">Bytes of the upper two.</param>
    /// <param name="lower">Bytes of the lower two.</param>
    /// <param name="right">Part of the right ones, in 32nds.</param>
    /// <param name="down">Part of the lower ones, in 32nds.</param>
    internal static uint Mix(ulong upper, ulong lower, int right, int down)
    {
        if (!Sse41.IsSupported)
        {
            return MixScalar(upper, lower, right, down);
        }

        var (left, top) = (Steps - right, Steps - down);
        var sum = Weighted(upper, (left * top) | (right * top << 16)) + Weighted(lower, (left * down) | (right * down << 16));
        var mixed = (sum + Vector128.Create(RoundMix)) >> (2 * FractionBits);
        var words = Sse2.PackSignedSaturate(mixed, mixed);
        return Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
    }

    /// <summary>The definition of <see cref="Mix"/>.</summary>
    internal static uint MixScalar(ulong upper, ulong lower, int right, int down)
    {
        var result = 0;
        for (var shift = 0; shift < 32; shift += 8)
        {
            var first = ((byte)(upper >> shift) * (Steps - right)) + ((byte)(upper >> (shift + 32)) * right);
            var second = ((byte)(lower >> shift) * (Steps - right)) + ((byte)(lower >> (shift + 32)) * right);
            result |= ((first * (Steps - down)) + (second * down) + RoundMix) >> (2 * FractionBits) << shift;
        }

        return (uint)result;
    }

    private static void WriteRow(
        PixelBuffer source, (int Start, int[] Steps) x, (int Start, int[] Steps) y, byte border, Span<uint> destination)
    {
        var (width, height) = (source.Width, source.Height);
        ref var origin = ref MemoryMarshal.GetReference(source.Pixels);
        var grey = border * 0x01010101u;
        for (var column = 0; column < destination.Length; column++)
        {
            var exactX = (x.Start + x.Steps[column]) >> (PositionBits - FractionBits);
            var exactY = (y.Start + y.Steps[column]) >> (PositionBits - FractionBits);
            var (left, top) = (exactX >> FractionBits, exactY >> FractionBits);
            if ((uint)(left + 1) > (uint)width || (uint)(top + 1) > (uint)height)
            {
                destination[column] = grey;
                continue;
            }

            var isInside = (uint)left < (uint)(width - 1) && (uint)top < (uint)(height - 1);
            var upper = isInside ? Pair(ref origin, (top * width) + left) : PairAtBorder(source, left, top, grey);
            var lower = isInside ? Pair(ref origin, ((top + 1) * width) + left) : PairAtBorder(source, left, top + 1, grey);
            destination[column] = Mix(upper, lower, exactX & (Steps - 1), exactY & (Steps - 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(ref uint pixels, int index) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref pixels, index)));

    private static ulong PairAtBorder(PixelBuffer source, int left, int row, uint grey)
    {
        return At(left) | ((ulong)At(left + 1) << 32);

        uint At(int column) => (uint)column < (uint)source.Width && (uint)row < (uint)source.Height ? source.Row(row)[column] : grey;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Weighted(ulong pair, int weights) => Sse2.MultiplyAddAdjacent(
        Ssse3.Shuffle(Vector128.CreateScalarUnsafe(pair).AsByte(), PixelPairs.Words).AsInt16(), Vector128.Create(weights).AsInt16());

    private static int[] Scaled(int count, double step) => [.. Enumerable.Range(0, count).Select(index => Fixed(step * index))];

    private static int Fixed(double position) => (int)Math.Round(position * (1 << PositionBits));
}
