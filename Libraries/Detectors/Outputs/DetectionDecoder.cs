using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Foundation.Concurrency;

namespace QatPipeline.Detectors.Outputs;

/// <summary>Turns a network's outputs into detections in original pixels (reference 8.5).</summary>
/// <param name="options">Thresholds.</param>
/// <param name="categoryIds">The data set's category of every class of the network.</param>
/// <param name="description">What the outputs mean; a YOLOv6's where null.</param>
public sealed class DetectionDecoder(DetectionOptions options, IReadOnlyList<long> categoryIds, DetectorDescription? description = null)
{
    private const int MaximumCandidates = 30_000;

    // FastestDet's score is a weighted geometric mean of both.
    private const float ObjectnessShare = 0.6f;

    private readonly DetectorDescription _description = description ?? new();
    private readonly int[] _classOf = ClassMap.Of(description ?? new(), categoryIds);

    /// <summary>Decodes a batch.</summary>
    /// <param name="outputs">What the detector found in it.</param>
    /// <param name="batch">The images, with their ways back.</param>
    /// <returns>In the order of the images, each image's in descending order of score.</returns>
    /// <exception cref="DetectorException">The outputs are not of the layout, or the model's classes are not the data set's.</exception>
    public IReadOnlyList<Detection> Decode(IReadOnlyList<OutputTensor> outputs, ImageBatch batch)
    {
        IReadOnlyList<OutputTensor> wanted = _description.Outputs.Count == 0
            ? [outputs[0]]
            : [.. _description.Outputs.Select(name => outputs.FirstOrDefault(output => output.Name == name) ?? throw new DetectorException(
                $"The model has no output '{name}', but {string.Join(", ", outputs)}: correct model.detector.outputs."))];
        var found = new IReadOnlyList<Detection>[batch.Count];
        ParallelWork.For(
            batch.Count,
            workers: 0,
            image => found[image] = Decode(
                OutputTensor.OfImage(wanted, image, batch.Count),
                (batch.Height, batch.Width),
                batch.Images[image].Id,
                batch.Transforms[image]),
            CancellationToken.None);
        return [.. found.SelectMany(list => list)];
    }

    /// <summary>Decodes one image.</summary>
    /// <param name="outputs">Its outputs without a batch dimension, in the layout's order.</param>
    /// <param name="canvas">Height and width of the network's input.</param>
    /// <param name="imageId">Id the detections carry.</param>
    /// <param name="transform">The way back to the original image.</param>
    /// <returns>In descending order of score.</returns>
    /// <exception cref="DetectorException">The outputs are not of the layout, or the model's classes are not the data set's.</exception>
    public IReadOnlyList<Detection> Decode(
        IReadOnlyList<OutputTensor> outputs, (int Height, int Width) canvas, long imageId, LetterboxTransform transform)
    {
        LayoutChecks.Require(_description, outputs, _classOf.Length, categoryIds.Count);
        var candidates = (_description.HoldsDetections
                ? FinalDetections.Read(_description, outputs, canvas, (float)options.Confidence, _classOf)
                : Select(Levels.Bind(_description, outputs, canvas, _classOf.Length)))
            .OrderByDescending(candidate => candidate.Score);
        var isFinal = _description.IsFinal || _description.HoldsDetections;
        var detections = new List<Detection>();
        foreach (var kept in isFinal ? candidates.Take(options.MaximumDetections) : Suppress(candidates.Take(MaximumCandidates)))
        {
            var (x1, y1, x2, y2) = transform.ToOriginal(kept.X1, kept.Y1, kept.X2, kept.Y2);
            var box = new CocoBox(x1, y1, x2 - x1, y2 - y1);
            detections.Add(new Detection(imageId, categoryIds[kept.Class], box, kept.Score).Rounded());
        }

        return detections;
    }

    /// <summary>
    /// The candidates, every class above the threshold one of its own; of equal ones the earlier anchor, then the lower class comes first.
    /// </summary>
    private List<Candidate> Select(IEnumerable<Level> levels)
    {
        var threshold = (float)options.Confidence;
        var candidates = new List<Candidate>();
        var probabilities = new float[_classOf.Length];
        foreach (var level in levels)
        {
            for (var anchor = 0; anchor < level.Boxes.Anchors; anchor++)
            {
                var objectness = ObjectnessOf(level, anchor);
                if (!(objectness > threshold))
                {
                    continue;
                }

                Scores.Read(level.Classes[anchor], _description.Scores, probabilities);
                for (var index = 0; index < probabilities.Length; index++)
                {
                    var probability = Weighted(probabilities[index], 1 - ObjectnessShare);
                    if (_classOf[index] >= 0 && probability > threshold && probability * objectness > threshold)
                    {
                        var (x1, y1, x2, y2) = level.Box(level.Boxes[anchor], anchor);
                        candidates.Add(new Candidate(_classOf[index], probability * objectness, x1, y1, x2, y2));
                    }
                }
            }
        }

        return candidates;
    }

    private float ObjectnessOf(Level level, int anchor)
    {
        if (level.Objectness is not { } plane)
        {
            return 1;
        }

        var value = plane[anchor][0];
        return Weighted(_description.Scores == ScoreForm.Logits ? Scores.Sigmoid(value) : value, ObjectnessShare);
    }

    private float Weighted(float probability, float share) =>
        _description.Layout == OutputLayout.Cells ? MathF.Pow(probability, share) : probability;

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
