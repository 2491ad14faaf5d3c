using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Evaluation;

/// <summary>Which detections of two sets are of the same object.</summary>
public static class DetectionPairs
{
    /// <summary>
    /// Pairs detections one to one: in descending order of the first set's scores, each takes the free detection of its image and
    /// category that overlaps it most.
    /// </summary>
    /// <param name="first">For instance the fake-quantized graph's.</param>
    /// <param name="second">For instance the engine's.</param>
    /// <param name="minimumIou">Least overlap of a pair.</param>
    /// <returns>Positions in the two lists, and the overlap.</returns>
    public static IEnumerable<(int First, int Second, double Iou)> Of(
        IReadOnlyList<Detection> first, IReadOnlyList<Detection> second, double minimumIou)
    {
        var candidates = Enumerable.Range(0, second.Count).ToLookup(index => KeyOf(second[index]));
        var taken = new bool[second.Count];
        foreach (var group in Enumerable.Range(0, first.Count).GroupBy(index => KeyOf(first[index])))
        {
            foreach (var index in group.OrderByDescending(index => first[index].Score))
            {
                var (best, bestIou) = (-1, minimumIou);
                foreach (var other in candidates[group.Key].Where(other => !taken[other]))
                {
                    var iou = Overlap.Of(first[index].Box, second[other].Box, isCrowd: false);
                    if (iou >= bestIou && (best < 0 || iou > bestIou))
                    {
                        (best, bestIou) = (other, iou);
                    }
                }

                if (best >= 0)
                {
                    taken[best] = true;
                    yield return (index, best, bestIou);
                }
            }
        }
    }

    private static (long ImageId, long CategoryId) KeyOf(Detection detection) => (detection.ImageId, detection.CategoryId);
}
