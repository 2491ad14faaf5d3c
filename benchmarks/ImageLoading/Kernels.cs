using System.Runtime.InteropServices;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Benchmarks.ImageLoading;

/// <summary>The vectorised kernels against their scalar definitions, at the sizes of a COCO picture loaded for 640.</summary>
internal sealed class Kernels(Figures figures)
{
    private const int Width = 640;
    private const int Height = 480;
    private const int NewWidth = 638;
    private const int Rounds = 20;

    public void Print()
    {
        using var image = Pattern(seed: 1);
        using var other = Pattern(seed: 2);
        var (columns, areas) = (LinearTaps.Columns(Width, NewWidth), AreaTaps.Of(Width, NewWidth));
        var (words, sums, bytes) = (new short[4 * NewWidth], new float[4 * NewWidth], new byte[4 * NewWidth]);
        var (red, green, blue) = (new byte[Width], new byte[Width], new byte[Width]);
        var numbers = new float[Width];
        var weights = 700 | (1348 << 16);

        Console.WriteLine($"{"kernel",-26}{"scalar ns/pixel",16}{"vector ns/pixel",16}{"ratio",8}");
        Rows(
            "linear resize, along x",
            y => LinearResize.ResizeRowScalar(image.PaddedRow(y), columns, words, start: 0),
            y => LinearResize.ResizeRow(image.PaddedRow(y), columns, words));
        Rows(
            "linear resize, along y",
            _ => LinearResize.BlendRowsScalar(words, words, weights, bytes, start: 0),
            _ => LinearResize.BlendRows(words, words, weights, bytes));
        Rows(
            "area resize, along x",
            y => AreaResize.SumRowScalar(BytesOf(image, y), areas, sums),
            y => AreaResize.SumRow(BytesOf(image, y), areas, sums));
        Rows(
            "area resize, along y",
            _ => AreaResize.AddRowScalar(sums, 0f, sums, start: 0),
            _ => AreaResize.AddRow(sums, 0f, sums));
        Rows(
            "mean of 2 × 2",
            y => BlockMean.WriteRowScalar(BytesOf(image, y & ~1, rows: 2), Width, (2, 2), bytes.AsSpan(0, 2 * Width)),
            y => BlockMean.WriteRow(BytesOf(image, y & ~1, rows: 2), Width, (2, 2), bytes.AsSpan(0, 2 * Width)));
        Rows("affine warp, blending", y => Mix(AffineWarp.MixScalar, image, y), y => Mix(AffineWarp.Mix, image, y));
        Rows("BGR to HSV", y => HsvColors.FromBgrScalar(image.Row(y)), y => HsvColors.FromBgr(image.Row(y)));
        Rows("HSV to BGR", y => HsvColors.ToBgrScalar(image.Row(y)), y => HsvColors.ToBgr(image.Row(y)));
        Rows(
            "blend of two images",
            y => Blend.IntoScalar(MemoryMarshal.AsBytes(image.Row(y)), BytesOf(other, y), 0.4371),
            y => Blend.Into(MemoryMarshal.AsBytes(image.Row(y)), BytesOf(other, y), 0.4371));
        Rows(
            "bytes to planes",
            y => PlanarPixels.WriteRowScalar(image.Row(y), red, green, blue),
            y => PlanarPixels.WriteRow(image.Row(y), red, green, blue));
        Rows(
            "levels to numbers", _ => PlanarPixels.ToUnitScalar(red, numbers), _ => PlanarPixels.ToUnit(red, numbers));
    }

    private void Rows(string name, Action<int> scalar, Action<int> vector)
    {
        var (plain, fast) = (Best(scalar), Best(vector));
        Console.WriteLine($"{name,-26}{plain,16:F2}{fast,16:F2}{plain / fast,8:F1}");
        figures.Add(Figure.Less(name, fast, "ns/pixel", "scalar form", plain));
    }

    /// <summary>Least nanoseconds of processor time a pixel.</summary>
    private static double Best(Action<int> row)
    {
        const int repeats = 4;
        void Run()
        {
            for (var y = 0; y < repeats * Height; y++)
            {
                row(y % Height);
            }
        }

        WarmUp.Run(Run);
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            var start = Environment.CpuUsage.TotalTime;
            Run();
            return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / (repeats * Width * Height);
        });
    }

    private static void Mix(Func<ulong, ulong, int, int, uint> mix, PixelBuffer image, int y)
    {
        var row = image.Row(y);
        for (var x = 0; x < row.Length - 1; x++)
        {
            var pair = row[x] | ((ulong)row[x + 1] << 32);
            row[x] = mix(pair, pair, x & 31, y & 31);
        }
    }

    private static ReadOnlySpan<byte> BytesOf(PixelBuffer image, int y, int rows = 1) =>
        MemoryMarshal.AsBytes(image.Pixels.Slice(y * Width, rows * Width));

    private static PixelBuffer Pattern(int seed)
    {
        var image = new PixelBuffer(Width, Height);
        new Random(seed).NextBytes(image.Bytes);
        return image;
    }
}
