using QatPipeline.Coco.Data;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Evaluation;

/// <summary>AP of two evaluations, their difference, and the interval that holds it with the given confidence.</summary>
public sealed record ApDifference(
    double First, double Second, double Difference, double Low, double High, double Confidence, int Replicates);

/// <summary>
/// Paired bootstrap of AP differences: images are drawn with replacement, the same for both detection sets, and a image drawn k
/// times counts k times (Efron and Tibshirani, An Introduction to the Bootstrap, percentile interval).
/// </summary>
public static class PairedBootstrap
{
    /// <summary>AP@[.5:.95] of <paramref name="second"/> minus that of <paramref name="first"/>.</summary>
    /// <exception cref="ArgumentException">The evaluations are of different ground truth.</exception>
    public static ApDifference Compare(
        CocoEvaluation first, CocoEvaluation second, int replicates = 1000, ulong seed = 0, double confidence = 0.95)
    {
        if (!HaveSameTruth(first.Truth, second.Truth))
        {
            throw new ArgumentException("Both evaluations must be of the same ground truth.", nameof(second));
        }

        var differences = new double[replicates];
        Parallel.For(
            0,
            replicates,
            () => (First: new WeightedAp(first), Second: new WeightedAp(second), Weights: new int[first.Truth.Images.Count]),
            (replicate, _, state) =>
            {
                Draw(state.Weights, seed, replicate);
                differences[replicate] = state.Second.Evaluate(state.Weights) - state.First.Evaluate(state.Weights);
                return state;
            },
            _ => { });
        Array.Sort(differences);
        var (ap1, ap2) = (first.Metrics.Ap, second.Metrics.Ap);
        var tail = (1 - confidence) / 2;
        var low = Quantile(differences, tail, ap2 - ap1);
        var high = Quantile(differences, 1 - tail, ap2 - ap1);
        return new ApDifference(ap1, ap2, ap2 - ap1, low, high, confidence, replicates);
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

    /// <summary>AP with images weighted by whole numbers, reusing the matches of an evaluation.</summary>
    internal sealed class WeightedAp
    {
        private readonly CocoEvaluation _evaluation;
        private readonly double[] _right;
        private readonly double[] _wrong;
        private readonly double[] _scratch;
        private readonly double[] _precision = new double[EvaluationGrid.RecallThresholds.Count];

        public WeightedAp(CocoEvaluation evaluation)
        {
            _evaluation = evaluation;
            var longest = evaluation.Matches.Count == 0 ? 0 : evaluation.Matches.Max(matches => matches.Count);
            (_right, _wrong, _scratch) = (new double[longest], new double[longest], new double[longest]);
        }

        public double Evaluate(int[] weights)
        {
            var (sum, categories) = (0.0, 0);
            foreach (var matches in _evaluation.Matches)
            {
                var truthCount = WeightedTruths(matches, weights);
                if (truthCount == 0)
                {
                    continue;
                }

                categories++;
                for (var t = 0; t < EvaluationGrid.IouThresholds.Count; t++)
                {
                    var count = Cumulate(matches, weights, t);
                    PrecisionRecall.Interpolate(_right.AsSpan(0, count), _wrong.AsSpan(0, count), truthCount, _precision, _scratch);
                    sum += _precision.Sum();
                }
            }

            return categories == 0 ? 0 : sum / (categories * EvaluationGrid.IouThresholds.Count * _precision.Length);
        }

        private static int WeightedTruths(CategoryMatches matches, int[] weights)
        {
            var count = 0;
            for (var i = 0; i < matches.TruthImages.Length; i++)
            {
                count += matches.TruthCounts[0][i] * weights[matches.TruthImages[i]];
            }

            return count;
        }

        // Only right detections are recorded: recall rises at them alone, and precision is at its highest there. For the same reason
        // one step of k equals k steps of one.
        private int Cumulate(CategoryMatches matches, int[] weights, int t)
        {
            var (matched, ignored, images) = (matches.Matched[0], matches.Ignored[0], matches.Images);
            var (count, rights, wrongs) = (0, 0, 0);
            for (var index = 0; index < images.Length; index++)
            {
                var weight = weights[images[index]];
                if (weight == 0 || (ignored[index] >> t & 1) != 0)
                {
                    continue;
                }

                if ((matched[index] >> t & 1) != 0)
                {
                    rights += weight;
                    _right[count] = rights;
                    _wrong[count++] = wrongs;
                }
                else
                {
                    wrongs += weight;
                }
            }

            return count;
        }
    }
}
