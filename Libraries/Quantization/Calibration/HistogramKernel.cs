using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// Counts magnitudes into bins. Bin numbers are computed by vector and counted in four interleaved copies of the histogram, because
/// neighbouring activations often share a bin and an increment must not wait for the one before it.
/// </summary>
internal static class HistogramKernel
{
    private const int Copies = 4;
    private const int Block = 1024;

    /// <summary>
    /// Adds the counts of <paramref name="values"/> to <paramref name="counts"/>; returns how many lie below the first edge.
    /// </summary>
    public static long Add(ReadOnlySpan<float> values, HistogramGrid grid, long[] counts)
    {
        long below = 0;
        ParallelBlocks.Fold(
            values,
            () => RentCleared(Copies * (counts.Length + 1)),
            (block, copies) =>
            {
                Count(block, grid, counts.Length, copies);
                return copies;
            },
            copies =>
            {
                below += Fold(copies, counts);
                ArrayPool<uint>.Shared.Return(copies);
            });
        return below;
    }

    private static uint[] RentCleared(int length)
    {
        var rented = ArrayPool<uint>.Shared.Rent(length);
        rented.AsSpan(0, length).Clear();
        return rented;
    }

    private static void Count(ReadOnlySpan<float> values, HistogramGrid grid, int bins, Span<uint> copies)
    {
        Span<int> slots = stackalloc int[Block];
        for (var start = 0; start < values.Length; start += Block)
        {
            var block = values.Slice(start, Math.Min(Block, values.Length - start));
            Slots(block, grid, bins, slots);
            Count(slots[..block.Length], copies, bins + 1);
        }
    }

    /// <summary>bin + 1 of every value, so 0 below the first edge.</summary>
    private static void Slots(ReadOnlySpan<float> values, HistogramGrid grid, int bins, Span<int> slots)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(slots);
        var (first, inverse) = (new Vector<float>(grid.FirstEdge), new Vector<float>(grid.InverseWidth));
        var (lowest, highest) = (new Vector<int>(-1), new Vector<int>(bins - 1));
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var position = Vector.Floor((Vector.Abs(Vector.LoadUnsafe(ref from, (nuint)i)) - first) * inverse);
            var bin = Vector.ConvertToInt32Native(position);
            (Vector.Max(lowest, Vector.Min(highest, bin)) + Vector<int>.One).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            slots[i] = grid.Bin(MathF.Abs(values[i]), bins) + 1;
        }
    }

    private static void Count(ReadOnlySpan<int> slots, Span<uint> copies, int stride)
    {
        // One more slot in front of each copy receives the values below the first edge. Slots are clamped to 0…bins, so that unchecked
        // references stay inside their copy.
        ref var copy0 = ref copies[0];
        ref var copy1 = ref copies[stride];
        ref var copy2 = ref copies[2 * stride];
        ref var copy3 = ref copies[3 * stride];
        var i = 0;
        for (; i <= slots.Length - Copies; i += Copies)
        {
            Unsafe.Add(ref copy0, slots[i])++;
            Unsafe.Add(ref copy1, slots[i + 1])++;
            Unsafe.Add(ref copy2, slots[i + 2])++;
            Unsafe.Add(ref copy3, slots[i + 3])++;
        }

        for (; i < slots.Length; i++)
        {
            Unsafe.Add(ref copy0, slots[i])++;
        }
    }

    private static long Fold(ReadOnlySpan<uint> copies, Span<long> counts)
    {
        var (below, stride) = (0L, counts.Length + 1);
        for (var copy = 0; copy < Copies * stride; copy += stride)
        {
            below += copies[copy];
            for (var bin = 0; bin < counts.Length; bin++)
            {
                counts[bin] += copies[copy + bin + 1];
            }
        }

        return below;
    }
}
