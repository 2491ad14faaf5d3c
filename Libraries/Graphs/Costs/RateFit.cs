namespace QatPipeline.Graphs.Costs;

/// <summary>The time of a network and the kernels it consists of.</summary>
/// <param name="Kernels">Kind and work of each kernel.</param>
/// <param name="Nanoseconds">The measured time of one run, more than 0.</param>
public sealed record MeasuredKernels(IReadOnlyList<(CostClass Class, KernelWork Work)> Kernels, double Nanoseconds);

/// <summary>
/// Finds the rates for which the sums over kernels come nearest to the measured times, in relative terms, none below zero: least squares
/// with non-negative unknowns, by coordinate descent. Deterministic.
/// </summary>
/// <remarks>
/// The measured networks need not isolate a kernel: what two kernels of one network cost is told apart by other networks that hold them in
/// other numbers. What no network tells apart stays near the rates of another machine. One more unknown, the same for all networks, is the
/// cost of calling the runtime.
/// </remarks>
public static class RateFit
{
    private const int MostSweeps = 5_000;
    private const double Converged = 1e-12;

    /// <summary>
    /// How much the known rates weigh: a rate that makes up a tenth of the time of one network counts as much by its measurement as by
    /// what was known before.
    /// </summary>
    private const double Prior = 0.1;

    /// <summary>Relative error from which on a measurement weighs less.</summary>
    private const double Outlier = 0.15;

    private const int Passes = 6;

    private static readonly int RatesPerClass = default(KernelWork).ToArray().Length;

    /// <summary>Fits.</summary>
    /// <param name="measured">Networks and their times.</param>
    /// <param name="known">A machine whose rates are near enough where nothing is measured.</param>
    /// <returns>The rates of all kinds, and the cost of calling the runtime, in nanoseconds.</returns>
    public static (IReadOnlyDictionary<CostClass, KernelRate> Rates, double Call) Solve(
        IReadOnlyList<MeasuredKernels> measured, MachineProfile known)
    {
        CostClass[] classes = Enum.GetValues<CostClass>();
        double[] expected = [.. classes.SelectMany(kind => known.Rates[kind].ToArray()), 0];
        var rows = measured.Select(network => Row(network, classes, expected.Length)).ToArray();

        // Unknowns are multiples of the known rate, or, where that is zero, of what alone would explain all times.
        double[] scales = [.. expected.Index().Select(entry => entry.Item > 0
            ? entry.Item
            : Math.Sqrt(rows.Sum(row => row[entry.Index] * row[entry.Index])) is > 0 and var norm ? 1 / norm : 0)];
        foreach (var row in rows)
        {
            for (var column = 0; column < scales.Length; column++)
            {
                row[column] *= scales[column];
            }
        }

        var solution = Robust(rows, [.. expected.Select(rate => rate > 0 ? 1.0 : 0)]);
        double RateOf(int column) => solution[column] * scales[column];
        var rates = classes.Index().ToDictionary(
            entry => entry.Item,
            entry => KernelRate.Of([.. Enumerable.Range(entry.Index * RatesPerClass, RatesPerClass).Select(RateOf)]));
        return (rates, RateOf(scales.Length - 1));
    }

    /// <summary>The network's counts over its time, so that the right side is 1 for all and errors are relative.</summary>
    private static double[] Row(MeasuredKernels network, CostClass[] classes, int columns)
    {
        var row = new double[columns];
        foreach (var (kind, work) in network.Kernels)
        {
            var first = Array.IndexOf(classes, kind) * RatesPerClass;
            foreach (var (index, count) in work.ToArray().Index())
            {
                row[first + index] += count / network.Nanoseconds;
            }
        }

        row[^1] = 1 / network.Nanoseconds;
        return row;
    }

    /// <summary>
    /// Fits again with less weight for what was far off: a measurement that something else on the machine disturbed must not move the
    /// others (Huber's estimator by iterated weights).
    /// </summary>
    private static double[] Robust(double[][] rows, double[] prior)
    {
        double[] weights = [.. rows.Select(_ => 1.0)];
        var solution = prior;
        for (var pass = 0; pass < Passes; pass++)
        {
            solution = Descend(rows, weights, prior);
            weights = [.. rows.Select(row => Math.Sqrt(Math.Min(1, Outlier / Math.Max(double.Epsilon, Math.Abs(1 - Dot(row, solution))))))];
        }

        return solution;
    }

    private static double Dot(double[] row, double[] solution) => row.Zip(solution, (count, value) => count * value).Sum();

    /// <param name="counts">The counts of each network over its time.</param>
    /// <param name="weights">What each network's error counts.</param>
    /// <param name="prior">Where to begin, and what to stay near to.</param>
    private static double[] Descend(double[][] counts, double[] weights, double[] prior)
    {
        double[] solution = [.. prior];
        var rows = counts.Zip(weights, (row, weight) => Array.ConvertAll(row, count => count * weight)).ToArray();
        double[] residuals = [.. rows.Zip(weights, (row, weight) => weight - Dot(row, prior))];
        var largest = double.MaxValue;
        for (var sweep = 0; sweep < MostSweeps && largest > Converged; sweep++)
        {
            largest = 0;
            for (var column = 0; column < solution.Length; column++)
            {
                var (gradient, curvature) = (Prior * Prior * (prior[column] - solution[column]), Prior * Prior);
                for (var row = 0; row < rows.Length; row++)
                {
                    gradient += rows[row][column] * residuals[row];
                    curvature += rows[row][column] * rows[row][column];
                }

                var step = Math.Max(-solution[column], gradient / curvature);
                solution[column] += step;
                largest = Math.Max(largest, Math.Abs(step));
                for (var row = 0; row < rows.Length; row++)
                {
                    residuals[row] -= rows[row][column] * step;
                }
            }
        }

        return solution;
    }
}
