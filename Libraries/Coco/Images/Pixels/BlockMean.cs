using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Shrinking by whole factors: each pixel is the mean of a block.</summary>
internal static class BlockMean
{
    public static void Write(PixelBuffer source, PixelBuffer destination)
    {
        var block = (Width: source.Width / destination.Width, Height: source.Height / destination.Height);
        for (var y = 0; y < destination.Height; y++)
        {
            var rows = source.Bytes[(y * block.Height * source.Width * PixelBuffer.PixelSize)..];
            WriteRow(rows, source.Width, block, MemoryMarshal.AsBytes(destination.Row(y)));
        }
    }

    /// <summary>One row of means.</summary>
    /// <param name="rows">The original from the blocks' first row on.</param>
    /// <param name="stride">Pixels of an original row.</param>
    /// <param name="block">Size of a block in pixels.</param>
    /// <param name="destination">Four bytes a block.</param>
    internal static void WriteRow(ReadOnlySpan<byte> rows, int stride, (int Width, int Height) block, Span<byte> destination)
    {
        if (!Sse41.IsSupported)
        {
            WriteRowScalar(rows, stride, block, destination);
            return;
        }

        var pixels = MemoryMarshal.Cast<byte, uint>(destination);
        for (var x = 0; x < pixels.Length; x++)
        {
            var sum = Vector128<int>.Zero;
            for (var row = 0; row < block.Height; row++)
            {
                var line = MemoryMarshal.Cast<byte, uint>(rows)[((row * stride) + (x * block.Width))..][..block.Width];
                foreach (var pixel in line)
                {
                    sum += Sse41.ConvertToVector128Int32(Vector128.CreateScalarUnsafe(pixel).AsByte());
                }
            }

            var mean = IsHalving(block)
                ? (sum + Vector128.Create(2)) >> 2
                : Sse2.ConvertToVector128Int32(Vector128.ConvertToSingle(sum) * Factor(block));
            var words = Sse2.PackSignedSaturate(mean, mean);
            pixels[x] = Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
        }
    }

    /// <summary>The definition of <see cref="WriteRow"/>.</summary>
    internal static void WriteRowScalar(ReadOnlySpan<byte> rows, int stride, (int Width, int Height) block, Span<byte> destination)
    {
        for (var index = 0; index < destination.Length; index++)
        {
            var sum = 0;
            for (var row = 0; row < block.Height; row++)
            {
                for (var column = 0; column < block.Width; column++)
                {
                    var pixel = (row * stride) + ((index / 4 * block.Width) + column);
                    sum += rows[(4 * pixel) + (index % 4)];
                }
            }

            // Four-pixel blocks round halves up, all others to even.
            destination[index] = (byte)(IsHalving(block) ? (sum + 2) >> 2 : (int)MathF.Round(sum * Factor(block)));
        }
    }

    private static bool IsHalving((int Width, int Height) block) => block is (2, 2);

    private static float Factor((int Width, int Height) block) => 1f / (block.Width * block.Height);
}
