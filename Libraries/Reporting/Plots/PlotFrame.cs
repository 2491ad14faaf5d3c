namespace QatPipeline.Reporting.Plots;

/// <summary>
/// The frame of a plot: places the data between the axes and writes the whole as SVG. Titles and labels are text, drawn in the fonts and
/// colours of the page by whoever looks at it: no font is needed where the report is written.
/// </summary>
internal sealed class PlotFrame
{
    /// <summary>Ordinate of the horizontal axis in the drawing.</summary>
    public const double Bottom = 238;

    private const double Width = 480;
    private const double Top = 8;
    private const double Right = 14;
    private const double LineHeight = 20;
    private const double Tilt = 35;

    private readonly Axis _x;
    private readonly Axis _y;
    private readonly Legend _legend;
    private readonly double _left;
    private readonly bool _isTilted;

    /// <param name="x">The horizontal axis; its labels are tilted where they have no room side by side.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="legend">Names in the order of the palette; none where there is nothing to tell apart.</param>
    public PlotFrame(Axis x, Axis y, IReadOnlyList<string> legend)
    {
        (_x, _y) = (x, y);
        _left = 8 + LineHeight + y.Ticks.Select(tick => TextMetrics.Width(tick.Label)).DefaultIfEmpty().Max();
        _legend = new Legend(legend, Width - _left - Right);
        var spacing = x.Ticks.Count > 1 ? X(x.Ticks[1].Value) - X(x.Ticks[0].Value) : double.PositiveInfinity;
        _isTilted = WidestLabel > spacing - 4;
    }

    private double WidestLabel => _x.Ticks.Select(tick => TextMetrics.Width(tick.Label)).DefaultIfEmpty().Max();

    public double X(double value) => _left + ((Width - _left - Right) * _x.Position(value));

    public double Y(double value) => Bottom - ((Bottom - Top) * _y.Position(value));

    /// <summary>The plot with its data, as a figure of the page.</summary>
    public HtmlText Draw(string caption, HtmlText data)
    {
        var below = Bottom + (_isTilted ? (WidestLabel * Math.Sin(Tilt * Math.PI / 180)) + 16 : LineHeight + 4);
        var end = below + (_x.Title.Length > 0 ? LineHeight : 0);
        var height = end + _legend.Height + 4;
        return HtmlText.Of(
            $"""
            <figure><svg class="plot" viewBox="0 0 {Width:0} {height:0.#}" font-size="{TextMetrics.FontSize:0}"
                role="img" aria-label="{caption}">
            {_y.Ticks.Select(Horizontal)}{_x.Ticks.Select(Vertical)}
            <path class="axes" d="M{_left:0.#} {Top:0.#}V{Bottom:0.#}H{Width - Right:0.#}"/>
            {data}<text class="title" x="{(_left + Width - Right) / 2:0.#}" y="{below + 12:0.#}" text-anchor="middle">{_x.Title}</text>
            <text class="title" transform="translate(13 {(Top + Bottom) / 2:0.#}) rotate(-90)" text-anchor="middle">{_y.Title}</text>
            {_legend.Draw(_left, end)}</svg><figcaption>{caption}</figcaption></figure>

            """);
    }

    private HtmlText Horizontal(Tick tick) => HtmlText.Of(
        $"""
        <path class="grid" d="M{_left:0.#} {Y(tick.Value):0.#}H{Width - Right:0.#}"/>
        <text class="tick" x="{_left - 6:0.#}" y="{Y(tick.Value) + 4:0.#}" text-anchor="end">{tick.Label}</text>

        """);

    private HtmlText Vertical(Tick tick)
    {
        var place = _isTilted
            ? HtmlText.Of($"transform=\"translate({X(tick.Value) + 4:0.#} {Bottom + 14:0.#}) rotate(-{Tilt:0})\" text-anchor=\"end\"")
            : HtmlText.Of($"x=\"{X(tick.Value):0.#}\" y=\"{Bottom + 17:0.#}\" text-anchor=\"middle\"");
        return HtmlText.Of(
            $"""
            <path class="grid" d="M{X(tick.Value):0.#} {Top:0.#}V{Bottom:0.#}"/>
            <text class="tick" {place}>{tick.Label}</text>

            """);
    }
}
