using QatPipeline.Coco.Data;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Evaluation;

/// <summary>AP of two evaluations, their difference, and the interval that holds it with the given confidence.</summary>
public sealed record ApDifference(
    double First, double Second, double Difference, double Low, double High, double Confidence, int Replicates);

/// <summary>
/// Paired bootstrap of AP differences: images are drawn with replacement, the same for both detection sets, and an image drawn k
/// times counts k times (Efron and Tibshirani, An Introduction to the Bootstrap, percentile interval).
/// </summary>
public static class PairedBootstrap
{
    /// <summary>AP@[.5:.95] of <paramref name="second"/> minus that of <paramref name="first"/>.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different ground truth.</exception>
    public static ApDifference Compare(
        CocoEvaluation first, CocoEvaluation second, int replicates = 1000, ulong seed = 0, double confidence = 0.95) =>
        Compare(first, [second], replicates, seed, confidence)[0];

    /// <summary>AP@[.5:.95] of each of <paramref name="others"/> minus that of <paramref name="first"/>, which is drawn once for all.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different ground truth.</exception>
    public static IReadOnlyList<ApDifference> Compare(
        CocoEvaluation first, IReadOnlyList<CocoEvaluation> others, int replicates = 1000, ulong seed = 0, double confidence = 0.95)
    {
        if (others.FirstOrDefault(other => !HaveSameTruth(first.Truth, other.Truth)) is not null)
        {
            throw new ArgumentException("All evaluations must be of the same ground truth.", nameof(others));
        }

        WeightedAp[] evaluations = [new(first), .. others.Select(other => new WeightedAp(other))];
        var aps = Array.ConvertAll(evaluations, _ => new double[replicates]);
        Parallel.For(
            0,
            replicates,
            () => (Weights: new int[first.Truth.Images.Count], Scratch: new WeightedAp.Scratch(evaluations)),
            (replicate, _, state) =>
            {
                Draw(state.Weights, seed, replicate);
                for (var index = 0; index < evaluations.Length; index++)
                {
                    aps[index][replicate] = evaluations[index].Evaluate(state.Weights, state.Scratch);
                }

                return state;
            },
            _ => { });
        return [.. others.Select((other, index) => Difference(first.Metrics.Ap, other.Metrics.Ap, aps[0], aps[index + 1], confidence))];
    }

    private static ApDifference Difference(double first, double second, double[] firsts, double[] seconds, double confidence)
    {
        double[] differences = [.. seconds.Zip(firsts, (ap2, ap1) => ap2 - ap1).Order()];
        var tail = (1 - confidence) / 2;
        return new ApDifference(
            first,
            second,
            second - first,
            Quantile(differences, tail, second - first),
            Quantile(differences, 1 - tail, second - first),
            confidence,
            differences.Length);
    }

    private static bool HaveSameTruth(CocoDataset first, CocoDataset second) =>
        ReferenceEquals(first, second)
        || (first.Images.Select(image => image.Id).SequenceEqual(second.Images.Select(image => image.Id))
            && first.Categories.SequenceEqual(second.Categories)
            && first.Annotations.SequenceEqual(second.Annotations));

    /// <summary>Counts how often each image is drawn; depends on seed and replicate only.</summary>
    private static void Draw(int[] weights, ulong seed, int replicate)
    {
        Array.Clear(weights);
        var random = SplitMix64.Stream(seed, replicate);
        for (var draw = 0; draw < weights.Length; draw++)
        {
            weights[random.Index(weights.Length)]++;
        }
    }

    private static double Quantile(double[] sorted, double probability, double otherwise)
    {
        if (sorted.Length == 0)
        {
            return otherwise;
        }

        var position = probability * (sorted.Length - 1);
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
