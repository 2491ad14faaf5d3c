using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Outputs;

/// <summary>Turns a network's output into detections in original pixels (reference 8.5).</summary>
/// <param name="options">Thresholds.</param>
/// <param name="categoryIds">The data set's category of every class of the network.</param>
public sealed class DetectionDecoder(DetectionOptions options, IReadOnlyList<long> categoryIds)
{
    private const int MaximumCandidates = 30_000;

    // Values of a row before the class probabilities.
    private const int RowHead = 5;

    /// <summary>Decodes a batch.</summary>
    /// <param name="output">What the detector found in it.</param>
    /// <param name="batch">The images, with their ways back.</param>
    /// <returns>In the order of the images, each image's in descending order of score.</returns>
    /// <exception cref="CocoException">The model's classes are not the data set's.</exception>
    public IReadOnlyList<Detection> Decode(DetectorOutput output, ImageBatch batch)
    {
        RequireClasses(output.RowLength);
        var perImage = output.Values.Length / batch.Count;
        var found = new IReadOnlyList<Detection>[batch.Count];
        Parallel.For(0, batch.Count, image => found[image] =
            Decode(output.Values.Span.Slice(image * perImage, perImage), batch.Images[image].Id, batch.Transforms[image]));
        return [.. found.SelectMany(list => list)];
    }

    /// <summary>Decodes one image.</summary>
    /// <param name="output">[A,5+K]: centre x, centre y, width, height in canvas pixels, objectness, K class probabilities.</param>
    /// <param name="imageId">Id the detections carry.</param>
    /// <param name="transform">The way back to the original image.</param>
    /// <returns>In descending order of score.</returns>
    public IReadOnlyList<Detection> Decode(ReadOnlySpan<float> output, long imageId, LetterboxTransform transform)
    {
        var detections = new List<Detection>();
        foreach (var kept in Suppress(Select(output)))
        {
            var (x1, y1, x2, y2) = transform.ToOriginal(kept.X1, kept.Y1, kept.X2, kept.Y2);
            var box = new CocoBox(x1, y1, x2 - x1, y2 - y1);
            detections.Add(new Detection(imageId, categoryIds[kept.Class], box, kept.Score).Rounded());
        }

        return detections;
    }

    private void RequireClasses(int rowLength)
    {
        if (rowLength != RowHead + categoryIds.Count)
        {
            throw new CocoException(
                $"The model's output has rows of {rowLength} values, {RowHead} + {rowLength - RowHead} classes, "
                + $"but the data sets have {categoryIds.Count} categories: "
                + "they must be the model's classes, in the same number and order.");
        }
    }

    /// <summary>
    /// The strongest candidates, every class above the threshold one of its own; of equal ones the earlier anchor, then the lower class
    /// comes first.
    /// </summary>
    private IEnumerable<Candidate> Select(ReadOnlySpan<float> output)
    {
        var stride = RowHead + categoryIds.Count;
        var threshold = (float)options.Confidence;
        var candidates = new List<Candidate>();
        for (; output.Length >= stride; output = output[stride..])
        {
            var objectness = output[4];
            if (!(objectness > threshold))
            {
                continue;
            }

            var classes = output[RowHead..stride];
            for (var index = 0; index < classes.Length; index++)
            {
                if (classes[index] > threshold && classes[index] * objectness > threshold)
                {
                    candidates.Add(Candidate.Of(output, index));
                }
            }
        }

        return candidates.OrderByDescending(candidate => candidate.Score).Take(MaximumCandidates);
    }

    /// <summary>Greedy class-wise suppression: the survivors in descending order of score.</summary>
    private List<Candidate> Suppress(IEnumerable<Candidate> candidates)
    {
        var threshold = (float)options.Iou;
        var kept = new List<Candidate>();
        foreach (var candidate in candidates)
        {
            if (!kept.Exists(other => other.Class == candidate.Class && other.Iou(candidate) > threshold))
            {
                kept.Add(candidate);
            }

            if (kept.Count >= options.MaximumDetections)
            {
                break;
            }
        }

        return kept;
    }
}
