using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Shrinking by any factor: sums along x, then along y, weighted by the covered area, in single precision.</summary>
internal static class AreaResize
{
    public static void Write(PixelBuffer source, PixelBuffer destination)
    {
        var columns = AreaTaps.Of(source.Width, destination.Width);
        var rows = AreaTaps.Of(source.Height, destination.Height);
        var length = destination.Width * PixelBuffer.PixelSize;
        var memory = ArrayPool<float>.Shared.Rent(2 * length);
        try
        {
            var sums = memory.AsSpan(0, length);
            var resized = memory.AsSpan(length, length);
            var held = -1;
            for (var y = 0; y < destination.Height; y++)
            {
                sums.Clear();
                for (var entry = rows.Starts[y]; entry < rows.Starts[y + 1]; entry++)
                {
                    // The row on the border of two cells counts in both.
                    if (held != rows.Positions[entry])
                    {
                        held = rows.Positions[entry];
                        SumRow(MemoryMarshal.AsBytes(source.Row(held)), columns, resized);
                    }

                    AddRow(resized, rows.Weights[entry], sums);
                }

                Round(sums, MemoryMarshal.AsBytes(destination.Row(y)));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(memory);
        }
    }

    /// <summary>One row of pixels along x.</summary>
    internal static void SumRow(ReadOnlySpan<byte> row, AreaTaps taps, Span<float> destination)
    {
        if (!Sse41.IsSupported)
        {
            SumRowScalar(row, taps, destination);
            return;
        }

        var pixels = MemoryMarshal.Cast<byte, uint>(row);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var entry = 0;
        for (var x = 0; x < taps.Starts.Length - 1; x++)
        {
            var sum = Vector128<float>.Zero;
            for (; entry < taps.Starts[x + 1]; entry++)
            {
                var pixel = Sse41.ConvertToVector128Int32(Vector128.CreateScalarUnsafe(pixels[taps.Positions[entry]]).AsByte());
                sum += Vector128.ConvertToSingle(pixel) * taps.Weights[entry];
            }

            sum.StoreUnsafe(ref to, (nuint)(4 * x));
        }
    }

    /// <summary>The definition of <see cref="SumRow"/>.</summary>
    internal static void SumRowScalar(ReadOnlySpan<byte> row, AreaTaps taps, Span<float> destination)
    {
        for (var index = 0; index < destination.Length; index++)
        {
            var sum = 0f;
            for (var entry = taps.Starts[index / 4]; entry < taps.Starts[(index / 4) + 1]; entry++)
            {
                sum += row[(4 * taps.Positions[entry]) + (index % 4)] * taps.Weights[entry];
            }

            destination[index] = sum;
        }
    }

    /// <summary>Adds a weighted row. Product and sum are rounded apart: a fused step would differ in the last bit.</summary>
    internal static void AddRow(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        var x = 0;
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        for (; x <= sums.Length - Vector256<float>.Count; x += Vector256<float>.Count)
        {
            var product = Vector256.LoadUnsafe(ref from, (nuint)x) * weight;
            (Vector256.LoadUnsafe(ref to, (nuint)x) + product).StoreUnsafe(ref to, (nuint)x);
        }

        AddRowScalar(row, weight, sums, x);
    }

    /// <summary>The definition of <see cref="AddRow"/>, from an element on.</summary>
    internal static void AddRowScalar(ReadOnlySpan<float> row, float weight, Span<float> sums, int start)
    {
        for (var x = start; x < sums.Length; x++)
        {
            sums[x] += row[x] * weight;
        }
    }

    /// <summary>Sums to bytes, halves to even.</summary>
    internal static void Round(ReadOnlySpan<float> sums, Span<byte> destination)
    {
        var x = 0;
        ref var from = ref MemoryMarshal.GetReference(sums);
        ref var to = ref MemoryMarshal.GetReference(destination);
        for (; Sse2.IsSupported && x <= destination.Length - 16; x += 16)
        {
            Sse2.PackUnsignedSaturate(Words(ref from, x), Words(ref from, x + 8)).StoreUnsafe(ref to, (nuint)x);
        }

        RoundScalar(sums, destination, x);

        static Vector128<short> Words(ref float from, int at) => Sse2.PackSignedSaturate(
            Sse2.ConvertToVector128Int32(Vector128.LoadUnsafe(ref from, (nuint)at)),
            Sse2.ConvertToVector128Int32(Vector128.LoadUnsafe(ref from, (nuint)(at + 4))));
    }

    /// <summary>The definition of <see cref="Round"/>, from an element on.</summary>
    internal static void RoundScalar(ReadOnlySpan<float> sums, Span<byte> destination, int start)
    {
        for (var x = start; x < destination.Length; x++)
        {
            destination[x] = (byte)Math.Clamp((int)MathF.Round(sums[x]), 0, byte.MaxValue);
        }
    }
}
