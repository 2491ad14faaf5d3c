using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Evaluation;

/// <summary>
/// Matches the detections of a group to its ground truth by the rules of pycocotools' COCOeval: detections in descending order of
/// score take the best overlapping free ground truth; crowds can be taken repeatedly; what matches an ignored truth, or matches nothing
/// and lies outside the area range, is ignored. Keeps scratch memory: one instance a thread.
/// </summary>
/// <remarks>
/// As in pycocotools, a ground truth whose id is 0 can be taken but its detection counts as unmatched: ids should start at 1.
/// </remarks>
internal sealed class Matcher(ObjectGroups objects, MatchOutcomes outcomes)
{
    private static readonly double[] Thresholds = [.. EvaluationGrid.IouThresholds];
    private int[] _ranked = [];
    private double[] _scores = [];
    private double[] _overlaps = [];
    private int[] _truthOrder = [];
    private bool[] _taken = [];

    public void Match(int groupIndex)
    {
        var group = objects.Groups[groupIndex];
        var truths = objects.Truths.AsSpan(group.FirstTruth, group.TruthCount);
        var ranked = Rank(group);
        FillOverlaps(ranked, truths);
        for (var area = 0; area < EvaluationGrid.AreaRanges.Count; area++)
        {
            outcomes.TruthCounts[area][groupIndex] = MatchArea(ranked, truths, area, group.Output);
        }
    }

    /// <summary>The best detections in descending order of score; equal scores keep their order.</summary>
    private ReadOnlySpan<int> Rank(ObjectGroup group)
    {
        Grow(ref _ranked, group.DetectionCount);
        Grow(ref _scores, group.DetectionCount);
        for (var i = 0; i < group.DetectionCount; i++)
        {
            (_ranked[i], _scores[i]) = (group.FirstDetection + i, objects.Detections[group.FirstDetection + i].Score);
        }

        StableSort.Descending(_scores.AsSpan(0, group.DetectionCount), _ranked.AsSpan(0, group.DetectionCount));
        _scores.AsSpan(0, group.KeptCount).CopyTo(outcomes.Scores.AsSpan(group.Output));
        return _ranked.AsSpan(0, group.KeptCount);
    }

    private void FillOverlaps(ReadOnlySpan<int> ranked, ReadOnlySpan<CocoAnnotation> truths)
    {
        Grow(ref _overlaps, ranked.Length * truths.Length);
        for (var d = 0; d < ranked.Length; d++)
        {
            for (var g = 0; g < truths.Length; g++)
            {
                _overlaps[(d * truths.Length) + g] = Overlap.Of(objects.Detections[ranked[d]].Box, truths[g].Box, truths[g].IsCrowd);
            }
        }
    }

    /// <returns>The ground truths that count in this area range.</returns>
    private int MatchArea(ReadOnlySpan<int> ranked, ReadOnlySpan<CocoAnnotation> truths, int area, int output)
    {
        var range = EvaluationGrid.AreaRanges[area];
        var counted = OrderTruths(truths, range);
        Grow(ref _taken, truths.Length * Thresholds.Length);
        _taken.AsSpan(0, truths.Length * Thresholds.Length).Clear();
        for (var d = 0; d < ranked.Length; d++)
        {
            var detectionArea = objects.Detections[ranked[d]].Box.Area;
            var isOutside = detectionArea < range.Low || detectionArea > range.High;
            var overlaps = _overlaps.AsSpan(d * truths.Length, truths.Length);
            var (matched, ignored) = (0, 0);
            for (var t = 0; t < Thresholds.Length; t++)
            {
                var taken = _taken.AsSpan(t * truths.Length, truths.Length);
                var best = BestTruth(overlaps, truths, taken, counted, Thresholds[t]);
                var isMatched = false;
                if (best >= 0)
                {
                    taken[best] = true;
                    isMatched = truths[_truthOrder[best]].Id != 0;
                }

                matched |= (isMatched ? 1 : 0) << t;
                ignored |= (best >= counted || (!isMatched && isOutside) ? 1 : 0) << t;
            }

            outcomes.Matched[area][output + d] = (ushort)matched;
            outcomes.Ignored[area][output + d] = (ushort)ignored;
        }

        return counted;
    }

    /// <summary>Puts the ignored truths last, otherwise in their own order; returns how many count.</summary>
    private int OrderTruths(ReadOnlySpan<CocoAnnotation> truths, (double Low, double High) range)
    {
        Grow(ref _truthOrder, truths.Length);
        var counted = 0;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var (g, next) = (0, counted); g < truths.Length; g++)
            {
                var isIgnored = truths[g].IsCrowd || truths[g].Area < range.Low || truths[g].Area > range.High;
                if (isIgnored == (pass == 1))
                {
                    _truthOrder[next++] = g;
                    counted += 1 - pass;
                }
            }
        }

        return counted;
    }

    private int BestTruth(
        ReadOnlySpan<double> overlaps, ReadOnlySpan<CocoAnnotation> truths, ReadOnlySpan<bool> taken, int counted, double threshold)
    {
        var bar = Math.Min(threshold, 1 - 1e-10);
        var best = -1;
        for (var g = 0; g < truths.Length; g++)
        {
            // A match that counts is not given up for an ignored one.
            if (g == counted && best >= 0)
            {
                break;
            }

            var truth = _truthOrder[g];
            if ((!taken[g] || truths[truth].IsCrowd) && overlaps[truth] >= bar)
            {
                (bar, best) = (overlaps[truth], g);
            }
        }

        return best;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, 2 * array.Length)];
        }
    }
}
