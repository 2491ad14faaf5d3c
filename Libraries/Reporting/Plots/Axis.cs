namespace QatPipeline.Reporting.Plots;

/// <summary>A labelled place on an axis.</summary>
internal sealed record Tick(double Value, string Label);

/// <summary>One direction of a plot: what it shows, the range it covers, and where it is labelled.</summary>
internal sealed record Axis(string Title, double Low, double High, IReadOnlyList<Tick> Ticks)
{
    // Of the data's extent, left free at both ends so that no mark lies on the frame.
    private const double Margin = 0.05;

    /// <summary>The axis that holds all finite values, with round ticks; with <paramref name="fromZero"/> it starts at 0.</summary>
    public static Axis Over(string title, IEnumerable<double> values, bool isCounted = false, bool fromZero = false)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var (low, high) = finite.Length == 0 ? (0, 1) : (fromZero ? 0 : finite.Min(), finite.Max());
        if (high <= low)
        {
            // One value: a range around it as wide as the value is large, or 1 around 0.
            var half = low == 0 ? 0.5 : Math.Abs(low) / 2;
            (low, high) = (fromZero ? 0 : low - half, high + half);
        }

        var margin = Margin * (high - low);
        (low, high) = (fromZero ? 0 : low - margin, high + margin);
        return new Axis(title, low, high, RoundTicks.Between(low, high, isCounted));
    }

    /// <summary>The position of a value, 0 at the low end and 1 at the high one.</summary>
    public double Position(double value) => (value - Low) / (High - Low);
}
