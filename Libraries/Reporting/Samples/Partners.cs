using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Reporting.Samples;

/// <summary>Which detections of one picture both networks made.</summary>
internal static class Partners
{
    private const double MinimumIou = 0.5;

    /// <summary>Pairs greedily in descending order of score: same category, IoU of at least 0.5. Returns who has a partner.</summary>
    public static (bool[] First, bool[] Second) Of(IReadOnlyList<Detection> first, IReadOnlyList<Detection> second)
    {
        var (firstPaired, secondPaired) = (new bool[first.Count], new bool[second.Count]);
        foreach (var index in Enumerable.Range(0, first.Count).OrderByDescending(index => first[index].Score))
        {
            var best = Enumerable.Range(0, second.Count)
                .Where(other => !secondPaired[other] && second[other].CategoryId == first[index].CategoryId)
                .Select(other => (Other: other, Iou: Iou(first[index].Box, second[other].Box)))
                .Where(candidate => candidate.Iou >= MinimumIou)
                .OrderByDescending(candidate => candidate.Iou)
                .Select(candidate => (int?)candidate.Other)
                .FirstOrDefault();
            if (best is { } partner)
            {
                firstPaired[index] = secondPaired[partner] = true;
            }
        }

        return (firstPaired, secondPaired);
    }

    private static double Iou(CocoBox a, CocoBox b)
    {
        var width = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
        var height = Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y);
        var common = Math.Max(width, 0) * Math.Max(height, 0);
        return common == 0 ? 0 : common / (a.Area + b.Area - common);
    }
}
