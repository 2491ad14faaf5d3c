using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Tests.Evaluation;

/// <summary>
/// COCO's rules written down as plainly as possible, one category, area range and detection limit at a time, for comparison: no bit
/// masks, no shared matching, no parallelism.
/// </summary>
internal static class SlowEvaluator
{
    private sealed record Outcome(double Score, bool IsMatched, bool IsIgnored);

    /// <summary>Precision at the 101 recall thresholds and the highest recall; null where undefined.</summary>
    public static (double[] Precision, double Recall)? Evaluate(
        CocoDataset truth, IReadOnlyList<Detection> detections, long category, (double Low, double High) area, double threshold, int limit)
    {
        var outcomes = new List<Outcome>();
        var positives = 0;
        foreach (var image in truth.Images.Select(image => image.Id).Order())
        {
            var truths = truth.Annotations.Where(item => item.ImageId == image && item.CategoryId == category).ToList();
            positives += truths.Count(item => !IsIgnored(item, area));
            outcomes.AddRange(Match(truths, Best(detections, image, category), area, threshold).Take(limit));
        }

        return positives == 0 ? null : Curve([.. outcomes.OrderByDescending(outcome => outcome.Score)], positives);
    }

    private static List<Detection> Best(IReadOnlyList<Detection> detections, long image, long category) =>
        [.. detections.Where(item => item.ImageId == image && item.CategoryId == category).OrderByDescending(item => item.Score).Take(100)];

    private static bool IsIgnored(CocoAnnotation item, (double Low, double High) area) =>
        item.IsCrowd || item.Area < area.Low || item.Area > area.High;

    private static IEnumerable<Outcome> Match(
        List<CocoAnnotation> truths, List<Detection> detections, (double Low, double High) area, double threshold)
    {
        var ordered = truths.OrderBy(item => IsIgnored(item, area)).ToList();
        var taken = new HashSet<CocoAnnotation>();
        foreach (var detection in detections)
        {
            CocoAnnotation? match = null;
            var best = Math.Min(threshold, 1 - 1e-10);
            foreach (var candidate in ordered)
            {
                if (taken.Contains(candidate) && !candidate.IsCrowd)
                {
                    continue;
                }

                if (match is not null && !IsIgnored(match, area) && IsIgnored(candidate, area))
                {
                    break;
                }

                var iou = Iou(detection.Box, candidate.Box, candidate.IsCrowd);
                if (iou >= best)
                {
                    (best, match) = (iou, candidate);
                }
            }

            if (match is not null)
            {
                taken.Add(match);
            }

            // A match is remembered by the annotation's id, and 0 reads as none.
            var isMatched = match is { Id: not 0 };
            var size = detection.Box.Width * detection.Box.Height;
            var isOutside = size < area.Low || size > area.High;
            yield return new Outcome(
                detection.Score, isMatched, (match is not null && IsIgnored(match, area)) || (!isMatched && isOutside));
        }
    }

    private static double Iou(CocoBox d, CocoBox g, bool isCrowd)
    {
        var w = Math.Min(d.Width + d.X, g.Width + g.X) - Math.Max(d.X, g.X);
        var h = Math.Min(d.Height + d.Y, g.Height + g.Y) - Math.Max(d.Y, g.Y);
        if (w <= 0 || h <= 0)
        {
            return 0;
        }

        var union = isCrowd ? d.Width * d.Height : (d.Width * d.Height) + (g.Width * g.Height) - (w * h);
        return w * h / union;
    }

    private static (double[] Precision, double Recall) Curve(List<Outcome> outcomes, int positives)
    {
        var (recalls, precisions) = (new List<double>(), new List<double>());
        var (right, wrong) = (0.0, 0.0);
        foreach (var outcome in outcomes)
        {
            right += outcome is { IsMatched: true, IsIgnored: false } ? 1 : 0;
            wrong += outcome is { IsMatched: false, IsIgnored: false } ? 1 : 0;
            recalls.Add(right / positives);
            precisions.Add(right / (wrong + right + (Math.BitIncrement(1.0) - 1)));
        }

        for (var i = precisions.Count - 1; i > 0; i--)
        {
            precisions[i - 1] = Math.Max(precisions[i - 1], precisions[i]);
        }

        var sampled = new double[101];
        for (var r = 0; r < sampled.Length; r++)
        {
            var position = recalls.FindIndex(recall => recall >= (r == 100 ? 1.0 : r * 0.01));
            sampled[r] = position < 0 ? 0 : precisions[position];
        }

        return (sampled, recalls.Count == 0 ? 0 : recalls[^1]);
    }
}
