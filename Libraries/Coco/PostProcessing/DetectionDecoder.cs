using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.PostProcessing;

/// <summary>Thresholds of post-processing; the defaults are those of the published evaluation (reference 8.5).</summary>
public sealed record DetectionOptions
{
    /// <summary>In 0…1: a detection's objectness, its class probability and their product, its score, all exceed it.</summary>
    public double Confidence { get; init; } = 0.03;

    /// <summary>Overlap above which the weaker of two boxes of a class is suppressed, in 0…1.</summary>
    public double Iou { get; init; } = 0.65;

    /// <summary>Detections kept an image, the strongest first.</summary>
    public int MaximumDetections { get; init; } = 300;

    /// <summary>True: every class above the threshold is a detection of its own; false: the best class only.</summary>
    public bool IsMultiLabel { get; init; } = true;
}

/// <summary>Turns a network's output into detections in original pixels (reference 8.5).</summary>
public sealed class DetectionDecoder(DetectionOptions options, IReadOnlyList<long> categoryIds)
{
    private const int MaximumCandidates = 30_000;

    /// <summary>Distance that keeps boxes of different classes from meeting in one pass of suppression.</summary>
    private const float ClassOffset = 4096;

    private readonly record struct Candidate(int Anchor, int Class, float Score);

    /// <summary>Decodes one image.</summary>
    /// <param name="output">[A,5+K]: centre x, centre y, width, height in canvas pixels, objectness, K class probabilities.</param>
    /// <param name="imageId">Id the detections carry.</param>
    /// <param name="transform">The way back to the original image.</param>
    /// <returns>In descending order of score.</returns>
    public IReadOnlyList<Detection> Decode(ReadOnlySpan<float> output, long imageId, LetterboxTransform transform)
    {
        var stride = 5 + categoryIds.Count;
        var candidates = Select(output, stride);
        var boxes = new (float X1, float Y1, float X2, float Y2)[candidates.Count];
        for (var index = 0; index < boxes.Length; index++)
        {
            var row = output.Slice(candidates[index].Anchor * stride, 4);
            boxes[index] = (row[0] - (row[2] / 2), row[1] - (row[3] / 2), row[0] + (row[2] / 2), row[1] + (row[3] / 2));
        }

        var detections = new List<Detection>();
        foreach (var index in Suppress(candidates, boxes))
        {
            var (x1, y1, x2, y2) = transform.ToOriginal(boxes[index].X1, boxes[index].Y1, boxes[index].X2, boxes[index].Y2);
            var box = new CocoBox(x1, y1, x2 - x1, y2 - y1);
            detections.Add(new Detection(imageId, categoryIds[candidates[index].Class], box, candidates[index].Score).Rounded());
        }

        return detections;
    }

    private List<Candidate> Select(ReadOnlySpan<float> output, int stride)
    {
        var threshold = (float)options.Confidence;
        var candidates = new List<Candidate>();
        for (int anchor = 0, offset = 0; offset + stride <= output.Length; anchor++, offset += stride)
        {
            var objectness = output[offset + 4];
            if (!(objectness > threshold))
            {
                continue;
            }

            var classes = output.Slice(offset + 5, stride - 5);
            var best = -1;
            for (var index = 0; index < classes.Length; index++)
            {
                var score = classes[index] * objectness;
                if (!(classes[index] > threshold && score > threshold))
                {
                    continue;
                }

                if (options.IsMultiLabel)
                {
                    candidates.Add(new Candidate(anchor, index, score));
                }
                else if (best < 0 || classes[index] > classes[best])
                {
                    best = index;
                }
            }

            if (best >= 0)
            {
                candidates.Add(new Candidate(anchor, best, classes[best] * objectness));
            }
        }

        // Ties keep the order of anchor and class, so that the result does not depend on the sort.
        candidates.Sort((a, b) =>
            b.Score != a.Score ? b.Score.CompareTo(a.Score) : (a.Anchor, a.Class).CompareTo((b.Anchor, b.Class)));
        if (candidates.Count > MaximumCandidates)
        {
            candidates.RemoveRange(MaximumCandidates, candidates.Count - MaximumCandidates);
        }

        return candidates;
    }

    /// <summary>Greedy class-wise suppression: indices of the survivors in descending order of score.</summary>
    private List<int> Suppress(List<Candidate> candidates, (float X1, float Y1, float X2, float Y2)[] boxes)
    {
        var kept = new List<int>();
        var threshold = (float)options.Iou;
        for (var index = 0; index < boxes.Length && kept.Count < options.MaximumDetections; index++)
        {
            var survives = true;
            foreach (var other in kept)
            {
                if (candidates[other].Class == candidates[index].Class
                    && Iou(boxes[other], boxes[index], candidates[index].Class * ClassOffset) > threshold)
                {
                    survives = false;
                    break;
                }
            }

            if (survives)
            {
                kept.Add(index);
            }
        }

        return kept;
    }

    /// <summary>Overlap of two boxes of a class, in float32 on offset coordinates as the reference computes it.</summary>
    private static float Iou((float X1, float Y1, float X2, float Y2) a, (float X1, float Y1, float X2, float Y2) b, float offset)
    {
        var (ax1, ay1, ax2, ay2) = (a.X1 + offset, a.Y1 + offset, a.X2 + offset, a.Y2 + offset);
        var (bx1, by1, bx2, by2) = (b.X1 + offset, b.Y1 + offset, b.X2 + offset, b.Y2 + offset);
        var width = MathF.Max(0, MathF.Min(ax2, bx2) - MathF.Max(ax1, bx1));
        var height = MathF.Max(0, MathF.Min(ay2, by2) - MathF.Max(ay1, by1));
        var intersection = width * height;
        var union = ((ax2 - ax1) * (ay2 - ay1)) + ((bx2 - bx1) * (by2 - by1)) - intersection;
        return intersection / union;
    }
}
