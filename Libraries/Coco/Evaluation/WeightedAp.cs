namespace QatPipeline.Coco.Evaluation;

/// <summary>
/// AP with images weighted by whole numbers, reusing the matches of an evaluation; safe for several threads, each with a
/// <see cref="Scratch"/> of its own.
/// </summary>
/// <remarks>
/// Precision matters at right detections alone: recall rises at them, and precision is at its highest there; for the same reason one step
/// of k equals k steps of one. What is wrong up to a right detection is the weight of all detections up to it, summed once for all IoU
/// thresholds, less the right ones and those that do not count.
/// </remarks>
internal sealed class WeightedAp
{
    private readonly Category[] _categories;

    public WeightedAp(CocoEvaluation evaluation) => _categories = [.. evaluation.Matches.Select(matches => new Category(matches))];

    public double Evaluate(int[] weights, Scratch scratch)
    {
        var (sum, categories) = (0.0, 0);
        foreach (var category in _categories)
        {
            var truthCount = category.WeightedTruths(weights);
            if (truthCount == 0)
            {
                continue;
            }

            categories++;
            category.SumAll(weights, scratch.Total);
            for (var t = 0; t < EvaluationGrid.IouThresholds.Count; t++)
            {
                var count = category.Cumulate(weights, t, scratch);
                PrecisionRecall.Interpolate(
                    scratch.Right.AsSpan(0, count), scratch.Wrong.AsSpan(0, count), truthCount, scratch.Precision, scratch.Envelope);
                sum += scratch.Precision.Sum();
            }
        }

        return categories == 0 ? 0 : sum / (categories * EvaluationGrid.IouThresholds.Count * EvaluationGrid.RecallThresholds.Count);
    }

    /// <summary>What one thread computes with, long enough for all of some evaluations.</summary>
    internal sealed class Scratch
    {
        public Scratch(params IEnumerable<WeightedAp> evaluations)
        {
            var categories = evaluations.SelectMany(evaluation => evaluation._categories).ToArray();
            Total = new int[categories.Select(category => category.Length).DefaultIfEmpty().Max()];
            var most = categories.Select(category => category.MostRight).DefaultIfEmpty().Max();
            (Right, Wrong, Envelope) = (new double[most], new double[most], new double[most]);
        }

        public int[] Total { get; }

        public double[] Right { get; }

        public double[] Wrong { get; }

        public double[] Envelope { get; }

        public double[] Precision { get; } = new double[EvaluationGrid.RecallThresholds.Count];
    }

    /// <summary>A category's detections up to the last that is right at any threshold, over all areas.</summary>
    private sealed class Category
    {
        private readonly CategoryMatches _matches;
        private readonly int[][] _right;
        private readonly int[][] _ignored;

        public Category(CategoryMatches matches)
        {
            _matches = matches;
            _right = PerThreshold(matches, (index, t) => !IsSet(matches.Ignored[0][index], t) && IsSet(matches.Matched[0][index], t));
            _ignored = PerThreshold(matches, (index, t) => IsSet(matches.Ignored[0][index], t));
            Length = _right.Max(right => right.Length == 0 ? 0 : right[^1] + 1);
            MostRight = _right.Max(right => right.Length);
        }

        public int Length { get; }

        public int MostRight { get; }

        public int WeightedTruths(int[] weights)
        {
            var count = 0;
            for (var i = 0; i < _matches.TruthImages.Length; i++)
            {
                count += _matches.TruthCounts[0][i] * weights[_matches.TruthImages[i]];
            }

            return count;
        }

        /// <summary>The weight of all detections up to each.</summary>
        public void SumAll(int[] weights, int[] total)
        {
            var images = _matches.Images.AsSpan(0, Length);
            var sum = 0;
            for (var index = 0; index < images.Length; index++)
            {
                sum += weights[images[index]];
                total[index] = sum;
            }
        }

        /// <summary>The weights of right and of wrong detections up to each right one of weight.</summary>
        /// <returns>How many these are.</returns>
        public int Cumulate(int[] weights, int t, Scratch scratch)
        {
            var (images, ignored) = (_matches.Images, _ignored[t]);
            var (count, rights, left, next) = (0, 0, 0, 0);
            foreach (var index in _right[t])
            {
                var weight = weights[images[index]];
                if (weight == 0)
                {
                    continue;
                }

                for (; next < ignored.Length && ignored[next] < index; next++)
                {
                    left += weights[images[ignored[next]]];
                }

                rights += weight;
                scratch.Right[count] = rights;
                scratch.Wrong[count++] = scratch.Total[index] - rights - left;
            }

            return count;
        }

        private static int[][] PerThreshold(CategoryMatches matches, Func<int, int, bool> isWanted) =>
        [
            .. Enumerable.Range(0, EvaluationGrid.IouThresholds.Count)
                .Select(t => Enumerable.Range(0, matches.Count).Where(index => isWanted(index, t)).ToArray()),
        ];

        private static bool IsSet(ushort thresholds, int t) => (thresholds >> t & 1) != 0;
    }
}
