using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Evaluation;

/// <summary>How far two sets of detections of the same images agree.</summary>
/// <param name="FirstCount">Detections of the first set.</param>
/// <param name="SecondCount">Detections of the second set.</param>
/// <param name="Matched">Pairs of the same image and category that overlap enough.</param>
/// <param name="MeanScoreDifference">Mean magnitude over the pairs; 0 where there are none.</param>
/// <param name="MeanIou">Over the pairs; 0 where there are none.</param>
/// <param name="WorstImages">Images with detections, those with the smallest matched part first.</param>
public sealed record DetectionAgreement(
    int FirstCount, int SecondCount, int Matched, double MeanScoreDifference, double MeanIou, IReadOnlyList<ImageAgreement> WorstImages)
{
    /// <summary>Part of all detections of both sets that have a partner; 1 where both are empty.</summary>
    public double MatchedFraction => Fraction(Matched, FirstCount + SecondCount);

    /// <summary>
    /// Pairs detections one to one: in descending order of the first set's scores, each takes the free detection of its image and
    /// category that overlaps it most, if by at least <paramref name="minimumIou"/>.
    /// </summary>
    /// <param name="first">For instance the fake-quantized graph's.</param>
    /// <param name="second">For instance the engine's.</param>
    /// <param name="minimumIou">Overlap of a pair.</param>
    /// <param name="worstImages">Images to list at most.</param>
    public static DetectionAgreement Compare(
        IReadOnlyList<Detection> first, IReadOnlyList<Detection> second, double minimumIou = 0.9, int worstImages = 10)
    {
        var partners = second.GroupBy(KeyOf).ToDictionary(group => group.Key, group => group.ToList());
        var pairs = first
            .GroupBy(KeyOf)
            .SelectMany(group => Pair([.. group], partners.GetValueOrDefault(group.Key, []), minimumIou))
            .ToList();
        return new DetectionAgreement(
            first.Count,
            second.Count,
            pairs.Count,
            pairs.Count == 0 ? 0 : pairs.Average(pair => Math.Abs(pair.First.Score - pair.Second.Score)),
            pairs.Count == 0 ? 0 : pairs.Average(pair => pair.Iou),
            [.. ByImage(first, second, pairs).OrderBy(image => image.MatchedFraction).ThenBy(image => image.ImageId).Take(worstImages)]);
    }

    internal static double Fraction(int pairs, int detections) => detections == 0 ? 1 : 2.0 * pairs / detections;

    private static (long ImageId, long CategoryId) KeyOf(Detection detection) => (detection.ImageId, detection.CategoryId);

    private static IEnumerable<(Detection First, Detection Second, double Iou)> Pair(
        List<Detection> first, List<Detection> second, double minimumIou)
    {
        var taken = new bool[second.Count];
        foreach (var detection in first.OrderByDescending(detection => detection.Score))
        {
            var (best, bestIou) = (-1, minimumIou);
            for (var i = 0; i < second.Count; i++)
            {
                var iou = taken[i] ? -1 : Overlap.Of(detection.Box, second[i].Box, isCrowd: false);
                if (iou >= bestIou && (best < 0 || iou > bestIou))
                {
                    (best, bestIou) = (i, iou);
                }
            }

            if (best >= 0)
            {
                taken[best] = true;
                yield return (detection, second[best], bestIou);
            }
        }
    }

    private static IEnumerable<ImageAgreement> ByImage(
        IReadOnlyList<Detection> first, IReadOnlyList<Detection> second, List<(Detection First, Detection Second, double Iou)> pairs)
    {
        var detections = first.Concat(second).CountBy(detection => detection.ImageId);
        var matched = pairs.CountBy(pair => pair.First.ImageId).ToDictionary();
        return detections.Select(image => new ImageAgreement(image.Key, image.Value, matched.GetValueOrDefault(image.Key)));
    }
}

/// <summary>One image's share of an agreement.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Detections">Of both sets together.</param>
/// <param name="Matched">Pairs.</param>
public sealed record ImageAgreement(long ImageId, int Detections, int Matched)
{
    /// <summary>Part of the detections of both sets that have a partner.</summary>
    public double MatchedFraction => DetectionAgreement.Fraction(Matched, Detections);
}
