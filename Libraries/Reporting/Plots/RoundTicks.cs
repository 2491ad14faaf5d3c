using System.Globalization;

namespace QatPipeline.Reporting.Plots;

/// <summary>Ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class RoundTicks
{
    private const int AtMost = 7;

    /// <summary>At most seven ticks within the range; with <paramref name="isCounted"/> only whole numbers.</summary>
    public static IReadOnlyList<Tick> Between(double low, double high, bool isCounted = false)
    {
        var step = Step((high - low) / AtMost);
        if (isCounted)
        {
            step = Math.Max(1, step);
        }

        var first = (long)Math.Ceiling(low / step);
        var last = (long)Math.Floor(high / step);
        return [.. Enumerable.Range(0, (int)(last - first + 1))
            .Select(index => (first + index) * step)
            .Select(value => new Tick(value, Format(value, step)))];
    }

    /// <summary>The smallest round number that is not below <paramref name="atLeast"/>.</summary>
    private static double Step(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return power * ((atLeast / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        });
    }

    // As many decimals as the step has, so that neighbours differ and line up; powers where that would be a row of zeros.
    private static string Format(double value, double step)
    {
        var exponent = (int)Math.Floor(Math.Log10(step) + 1e-9);
        return exponent is < -4 or > 5
            ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : Math.Round(value, Math.Max(0, -exponent)).ToString($"F{Math.Max(0, -exponent)}", CultureInfo.InvariantCulture);
    }
}
