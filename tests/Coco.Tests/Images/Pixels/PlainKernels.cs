using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Coco.Tests.Images.Pixels;

/// <summary>The kernels by their definition, channel by channel: what the vectorised ones have to equal.</summary>
internal static class PlainKernels
{
    private const int One = 2048;

    /// <summary>Weights of 11 bits, the sum along x cut to 15 bits, the products along y to 16.</summary>
    public static PixelBuffer Linear(PixelBuffer image, int width, int height) => Make(width, height, (x, y, channel) =>
    {
        var (left, right) = Split(x, image.Width, width);
        if (left < 0 || left >= image.Width - 1)
        {
            (left, right) = (Math.Clamp(left, 0, image.Width - 1), 0);
        }

        var (top, down) = Split(y, image.Height, height);
        return (byte)((Part(top, Weight(1 - down)) + Part(top + 1, Weight(down)) + 2) >> 2);

        int Part(int row, int weight)
        {
            var sum = (At(image, left, row, channel) * Weight(1 - right)) + (At(image, left + 1, row, channel) * Weight(right));
            return ((sum >> 4) * weight) >> 16;
        }
    });

    /// <summary>Means of whole blocks; those of two by two round halves up, others to even.</summary>
    public static PixelBuffer Block(PixelBuffer image, int width, int height) => Make(width, height, (x, y, channel) =>
    {
        var (blockWidth, blockHeight, sum) = (image.Width / width, image.Height / height, 0);
        for (var pixel = 0; pixel < blockWidth * blockHeight; pixel++)
        {
            sum += At(image, (x * blockWidth) + (pixel % blockWidth), (y * blockHeight) + (pixel / blockWidth), channel);
        }

        return (byte)((blockWidth, blockHeight) == (2, 2) ? (sum + 2) / 4 : MathF.Round(sum * (1f / (blockWidth * blockHeight))));
    });

    /// <summary>Sums along x, then along y, by covered length in single precision.</summary>
    public static PixelBuffer Area(PixelBuffer image, int width, int height) => Make(width, height, (x, y, channel) =>
    {
        var sum = 0f;
        foreach (var (row, rowShare) in Covered(y, image.Height, height))
        {
            var rowSum = 0f;
            foreach (var (column, share) in Covered(x, image.Width, width))
            {
                rowSum += At(image, column, row, channel) * share;
            }

            sum += rowSum * rowShare;
        }

        return (byte)Math.Clamp(MathF.Round(sum), 0, 255);
    });

    /// <summary>Positions rounded to a 32nd of a pixel.</summary>
    public static PixelBuffer Warp(PixelBuffer image, AffineMap map, int width, int height, byte border)
    {
        var back = map.Inverse();
        return Make(width, height, (x, y, channel) =>
        {
            var exactX = Position(back.A * x, (back.B * y) + back.Tx);
            var exactY = Position(back.C * x, (back.D * y) + back.Ty);
            var (left, top, right, down) = (exactX >> 5, exactY >> 5, exactX & 31, exactY & 31);
            var upper = (Inside(left, top) * (32 - right)) + (Inside(left + 1, top) * right);
            var lower = (Inside(left, top + 1) * (32 - right)) + (Inside(left + 1, top + 1) * right);
            return (byte)(((upper * (32 - down)) + (lower * down) + 512) >> 10);

            int Inside(int column, int row) =>
                column >= 0 && column < image.Width && row >= 0 && row < image.Height ? At(image, column, row, channel) : border;
        });

        static int Position(double alongRow, double start) => ((int)Math.Round(start * 1024) + 16 + (int)Math.Round(alongRow * 1024)) >> 5;
    }

    private static PixelBuffer Make(int width, int height, Func<int, int, int, byte> channelOf)
    {
        var result = new PixelBuffer(width, height);
        for (var index = 0; index < result.Bytes.Length; index++)
        {
            result.Bytes[index] = channelOf(index / 4 % width, index / 4 / width, index % 4);
        }

        return result;
    }

    private static byte At(PixelBuffer image, int x, int y, int channel)
    {
        var (column, row) = (Math.Clamp(x, 0, image.Width - 1), Math.Clamp(y, 0, image.Height - 1));
        return image.Bytes[(4 * ((row * image.Width) + column)) + channel];
    }

    private static int Weight(float fraction) => (int)MathF.Round(fraction * One);

    private static (int Whole, float Fraction) Split(int position, int original, int resized)
    {
        var exact = (float)(((position + 0.5) * (1 / ((double)resized / original))) - 0.5);
        var whole = (int)MathF.Floor(exact);
        return (whole, exact - whole);
    }

    private static IEnumerable<(int Position, float Share)> Covered(int position, int original, int resized)
    {
        var scale = 1 / ((double)resized / original);
        var (from, to) = (position * scale, (position * scale) + scale);
        var width = Math.Min(scale, original - from);
        for (var cell = (int)from; cell < Math.Min(original, to); cell++)
        {
            var (start, end) = (Math.Max(from, cell), Math.Min(to, cell + 1));
            if (end - start > 1e-3)
            {
                yield return (cell, (float)((end - start) / width));
            }
        }
    }
}
