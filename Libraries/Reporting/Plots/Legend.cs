namespace QatPipeline.Reporting.Plots;

/// <summary>Names with their colours, in as many rows below the plot as they need.</summary>
internal sealed class Legend
{
    private const double SwatchWidth = 18;
    private const double Gap = 16;
    private const double RowHeight = 19;

    private readonly List<(string Name, int Color, double X, int Row)> _entries = [];
    private readonly int _rows;

    /// <param name="names">In the order of the palette.</param>
    /// <param name="width">Of a row, in units of the plot.</param>
    public Legend(IReadOnlyList<string> names, double width)
    {
        var (x, row) = (0.0, 0);
        foreach (var (index, name) in names.Index())
        {
            var needed = SwatchWidth + 4 + TextMetrics.Width(name);
            if (x > 0 && x + needed > width)
            {
                (x, row) = (0, row + 1);
            }

            _entries.Add((name, index, x, row));
            x += needed + Gap;
        }

        _rows = names.Count == 0 ? 0 : row + 1;
    }

    public double Height => RowHeight * _rows;

    /// <summary>The entries, the upper left corner at (<paramref name="left"/>, <paramref name="top"/>).</summary>
    public HtmlText Draw(double left, double top) => HtmlText.Join(_entries.Select(entry =>
    {
        var (x, y) = (left + entry.X, top + (RowHeight * entry.Row) + (RowHeight / 2));
        return HtmlText.Of(
            $"""
            <rect x="{x:0.#}" y="{y - 2:0.#}" width="{SwatchWidth:0}" height="4" fill="{Palette.Of(entry.Color)}"/>
            <text x="{x + SwatchWidth + 4:0.#}" y="{y + 4:0.#}">{entry.Name}</text>

            """);
    }));
}
