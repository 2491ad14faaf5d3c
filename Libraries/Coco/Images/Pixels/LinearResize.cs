using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Bilinear resizing in fixed point: rows are resized along x once, then two of them are blended along y.</summary>
internal static class LinearResize
{
    // The horizontal sum has 8 + 11 bits; 4 are dropped so that it fits 16.
    private const int Dropped = 4;

    public static void Write(PixelBuffer source, PixelBuffer destination)
    {
        var columns = LinearTaps.Columns(source.Width, destination.Width);
        var rows = LinearTaps.Rows(source.Height, destination.Height);
        var length = destination.Width * PixelBuffer.PixelSize;
        var memory = ArrayPool<short>.Shared.Rent(2 * length);
        try
        {
            var upper = memory.AsSpan(0, length);
            var lower = memory.AsSpan(length, length);
            var (upperRow, lowerRow) = (-1, -1);
            for (var y = 0; y < destination.Height; y++)
            {
                var first = Math.Clamp(rows.Positions[y], 0, source.Height - 1);
                var second = Math.Clamp(rows.Positions[y] + 1, 0, source.Height - 1);
                if (first == lowerRow)
                {
                    var free = upper;
                    upper = lower;
                    lower = free;
                    (upperRow, lowerRow) = (lowerRow, upperRow);
                }

                Prepare(first, ref upperRow, upper);
                Prepare(second, ref lowerRow, lower);
                BlendRows(upper, lower, rows.Weights[y], MemoryMarshal.AsBytes(destination.Row(y)));
            }
        }
        finally
        {
            ArrayPool<short>.Shared.Return(memory);
        }

        void Prepare(int row, ref int held, Span<short> words)
        {
            if (held != row)
            {
                held = row;
                ResizeRow(source.PaddedRow(row), columns, words);
            }
        }
    }

    /// <summary>One row of pixels along x, to words of 15 bits.</summary>
    internal static void ResizeRow(ReadOnlySpan<byte> row, LinearTaps taps, Span<short> words)
    {
        var x = 0;
        ref var to = ref MemoryMarshal.GetReference(words);
        for (; Ssse3.IsSupported && x <= taps.Positions.Length - 2; x += 2)
        {
            // Two pixels a step: 8 words.
            Sse2.PackSignedSaturate(Blend(row, taps, x), Blend(row, taps, x + 1)).StoreUnsafe(ref to, (nuint)(4 * x));
        }

        ResizeRowScalar(row, taps, words, x);
    }

    /// <summary>The definition of <see cref="ResizeRow"/>, from a pixel on.</summary>
    internal static void ResizeRowScalar(ReadOnlySpan<byte> row, LinearTaps taps, Span<short> words, int start)
    {
        for (var x = start; x < taps.Positions.Length; x++)
        {
            var (position, weights) = (4 * taps.Positions[x], taps.Weights[x]);
            for (var channel = 0; channel < 4; channel++)
            {
                var sum = (row[position + channel] * (short)weights) + (row[position + channel + 4] * (weights >> 16));
                words[(4 * x) + channel] = (short)(sum >> Dropped);
            }
        }
    }

    /// <summary>Two resized rows along y.</summary>
    internal static void BlendRows(ReadOnlySpan<short> upper, ReadOnlySpan<short> lower, int weights, Span<byte> destination)
    {
        var x = 0;
        ref var first = ref MemoryMarshal.GetReference(upper);
        ref var second = ref MemoryMarshal.GetReference(lower);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var (firstWeight, secondWeight) = (Vector128.Create((short)weights), Vector128.Create((short)(weights >> 16)));
        for (; Sse2.IsSupported && x <= destination.Length - 16; x += 16)
        {
            Sse2.PackUnsignedSaturate(Blend(x, ref first, ref second), Blend(x + 8, ref first, ref second)).StoreUnsafe(ref to, (nuint)x);
        }

        BlendRowsScalar(upper, lower, weights, destination, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<short> Blend(int at, ref short first, ref short second)
        {
            var sum = Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref first, (nuint)at), firstWeight)
                + Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref second, (nuint)at), secondWeight);
            return (sum + Vector128.Create((short)2)) >> 2;
        }
    }

    /// <summary>The definition of <see cref="BlendRows"/>, from a byte on.</summary>
    internal static void BlendRowsScalar(
        ReadOnlySpan<short> upper, ReadOnlySpan<short> lower, int weights, Span<byte> destination, int start)
    {
        for (var x = start; x < destination.Length; x++)
        {
            var sum = ((upper[x] * (short)weights) >> 16) + ((lower[x] * (weights >> 16)) >> 16);
            destination[x] = (byte)((sum + 2) >> 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Blend(ReadOnlySpan<byte> row, LinearTaps taps, int x)
    {
        var pair = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(row[(4 * taps.Positions[x])..])).AsByte();
        var weights = Vector128.Create(taps.Weights[x]).AsInt16();
        return Sse2.MultiplyAddAdjacent(Ssse3.Shuffle(pair, PixelPairs.Words).AsInt16(), weights) >> Dropped;
    }
}
