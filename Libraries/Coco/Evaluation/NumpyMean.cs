using System.Runtime.InteropServices;

namespace QatPipeline.Coco.Evaluation;

/// <summary>
/// numpy.mean of a vector of doubles: its pairwise summation adds in a fixed tree, and only the same tree gives the same last bits.
/// </summary>
internal static class NumpyMean
{
    private const int Block = 128;
    private const int Lanes = 8;

    /// <returns>The mean; −1 for no values, as COCO's summary puts it.</returns>
    public static double Of(List<double> values) => values.Count == 0 ? -1 : Sum(CollectionsMarshal.AsSpan(values)) / values.Count;

    internal static double Sum(ReadOnlySpan<double> values)
    {
        if (values.Length > Block)
        {
            var half = values.Length / 2;
            half -= half % Lanes;
            return Sum(values[..half]) + Sum(values[half..]);
        }

        var sum = 0.0;
        var next = 0;
        if (values.Length >= Lanes)
        {
            Span<double> lanes = stackalloc double[Lanes];
            values[..Lanes].CopyTo(lanes);
            for (next = Lanes; next <= values.Length - Lanes; next += Lanes)
            {
                for (var lane = 0; lane < Lanes; lane++)
                {
                    lanes[lane] += values[next + lane];
                }
            }

            sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        }

        for (; next < values.Length; next++)
        {
            sum += values[next];
        }

        return sum;
    }
}
