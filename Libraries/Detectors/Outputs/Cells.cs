namespace QatPipeline.Detectors.Outputs;

/// <summary>The cells of one stride, row by row.</summary>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Rows">Rows of cells.</param>
/// <param name="StrideX">Pixels from a cell to the next.</param>
/// <param name="StrideY">Pixels from a row to the next.</param>
internal sealed record Cells(int Columns, int Rows, float StrideX, float StrideY)
{
    private const int FinestStride = 4;
    private const int CoarsestStride = 128;

    public int Count => Columns * Rows;

    public int Column(int anchor) => anchor % Columns;

    public int Row(int anchor) => anchor / Columns;

    /// <summary>The cells of a stride, the last ones cut by the canvas's edge where it does not divide.</summary>
    public static Cells Of(int stride, (int Height, int Width) canvas) =>
        new((canvas.Width + stride - 1) / stride, (canvas.Height + stride - 1) / stride, stride, stride);

    /// <summary>The cells of a feature map [h,w].</summary>
    public static Cells OfMap(int rows, int columns, (int Height, int Width) canvas) => new(
        columns, rows, Stride(canvas.Width, columns), Stride(canvas.Height, rows));

    /// <summary>The strides, one after the other as powers of two, whose cells are so many; null where there are none.</summary>
    public static IReadOnlyList<Cells>? Find(int count, (int Height, int Width) canvas)
    {
        for (var finest = 8; finest != 0; finest = Next(finest))
        {
            var (cells, sum) = (new List<Cells>(), 0);
            for (var stride = finest; stride <= CoarsestStride && sum < count; stride *= 2)
            {
                cells.Add(Of(stride, canvas));
                sum += cells[^1].Count;
            }

            if (sum == count)
            {
                return cells;
            }
        }

        return null;

        // Networks begin at 8; some at 4 or, with one map alone, at 16 and beyond.
        static int Next(int finest) => finest switch { 8 => FinestStride, FinestStride => 16, >= CoarsestStride => 0, _ => finest * 2 };
    }

    // The power of two that gives as many cells; where there is none, their even share of the canvas.
    private static float Stride(int pixels, int cells)
    {
        for (var stride = 1; stride <= pixels; stride *= 2)
        {
            if ((pixels + stride - 1) / stride == cells)
            {
                return stride;
            }
        }

        return (float)pixels / cells;
    }
}
