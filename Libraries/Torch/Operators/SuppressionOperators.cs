namespace QatPipeline.Torch.Operators;

/// <summary>
/// Suppression of overlapping detections inside a model. It runs on the processor, and of equal scores the box that comes first wins, so
/// that equal inputs give equal detections.
/// </summary>
internal static class SuppressionOperators
{
    /// <summary>The standard's: the positions (image, class, box) of what is kept, [M,3].</summary>
    public static Tensor[] NonMaxSuppression(OperatorCall call)
    {
        var (boxes, scores) = (call.Input(0), call.Input(1));
        var (images, classes, count) = (boxes.shape[0], (int)scores.shape[1], (int)boxes.shape[1]);
        var most = call.OptionalLongs(2) is [var given] ? given : 0;
        var overlap = (float)call.Scalar(3, "iou_threshold", 0);
        var threshold = (float)call.Scalar(4, "score_threshold", double.NegativeInfinity);
        var isCentre = call.Node.Int("center_point_box", 0) != 0;
        var (boxValues, scoreValues) = (boxes.cpu().contiguous().ToFloats(), scores.cpu().contiguous().ToFloats());
        var selected = new List<long>();
        for (var image = 0; image < images; image++)
        {
            var corners = Corners(boxValues.AsSpan(image * count * 4, count * 4), isCentre);
            for (var label = 0; label < classes; label++)
            {
                var start = ((image * classes) + label) * count;
                var candidates = Enumerable.Range(0, count)
                    .Where(box => scoreValues[start + box] > threshold)
                    .OrderByDescending(box => scoreValues[start + box])
                    .Select(box => (box, label));
                foreach (var (box, _) in Select(candidates, corners, overlap, most, isAgnostic: false))
                {
                    selected.AddRange([image, label, box]);
                }
            }
        }

        return [tensor(selected.ToArray(), [selected.Count / 3, 3], ScalarType.Int64)];
    }

    /// <summary>
    /// TensorRT's plugin: number [N,1], boxes [N,k,4] as corners, scores [N,k] and classes [N,k] of what is kept; the rest has a score of 0
    /// and the class −1.
    /// </summary>
    public static Tensor[] EfficientNms(OperatorCall call)
    {
        var node = call.Node;
        var scores = node.Int("score_activation", 0) != 0 ? call.Input(1).sigmoid() : call.Input(1);
        var (images, count, classes) = (scores.shape[0], (int)scores.shape[1], (int)scores.shape[2]);
        var boxes = call.Input(0);
        if (call.InputCount != 2 || boxes.numel() != images * count * 4)
        {
            throw call.Unsupported("EfficientNMS with anchors, or with boxes of their own for every class,");
        }

        var most = (int)node.Int("max_output_boxes", 100);
        var (threshold, overlap) = (node.Float("score_threshold", 0.25f), node.Float("iou_threshold", 0.5f));
        var background = node.Int("background_class", -1);
        var (boxValues, scoreValues) = (boxes.cpu().contiguous().ToFloats(), scores.cpu().contiguous().ToFloats());
        var (numbers, kept) = (new int[images], new float[images * most * 4]);
        var (keptScores, keptClasses) = (new float[images * most], new int[images * most]);
        Array.Fill(keptClasses, -1);
        for (var image = 0; image < images; image++)
        {
            var corners = Corners(boxValues.AsSpan(image * count * 4, count * 4), node.Int("box_coding", 0) != 0);
            var start = image * count * classes;
            var candidates = Enumerable.Range(0, count * classes)
                .Where(index => index % classes != background && scoreValues[start + index] > threshold)
                .OrderByDescending(index => scoreValues[start + index])
                .Select(index => (index / classes, index % classes));
            foreach (var (box, label) in Select(candidates, corners, overlap, most, node.Int("class_agnostic", 0) != 0))
            {
                var position = (image * most) + numbers[image]++;
                var (first, second) = (corners[box], position * 4);
                (kept[second], kept[second + 1], kept[second + 2], kept[second + 3]) = (first.X1, first.Y1, first.X2, first.Y2);
                (keptScores[position], keptClasses[position]) = (scoreValues[start + (box * classes) + label], label);
            }
        }

        return
        [
            tensor(numbers, [images, 1], ScalarType.Int32),
            tensor(kept, [images, most, 4], ScalarType.Float32),
            tensor(keptScores, [images, most], ScalarType.Float32),
            tensor(keptClasses, [images, most], ScalarType.Int32),
        ];
    }

    /// <summary>Greedy: a candidate stays unless it overlaps one of its class that stayed before it.</summary>
    private static List<(int Box, int Class)> Select(
        IEnumerable<(int Box, int Class)> candidates, Corner[] corners, float overlap, long most, bool isAgnostic)
    {
        var kept = new List<(int Box, int Class)>();
        foreach (var candidate in candidates)
        {
            if (kept.Count >= most)
            {
                break;
            }

            if (!kept.Exists(other => (isAgnostic || other.Class == candidate.Class)
                && corners[other.Box].Overlap(corners[candidate.Box]) > overlap))
            {
                kept.Add(candidate);
            }
        }

        return kept;
    }

    // Two opposite corners in either order, or centre and size.
    private static Corner[] Corners(ReadOnlySpan<float> boxes, bool isCentre)
    {
        var corners = new Corner[boxes.Length / 4];
        for (var index = 0; index < corners.Length; index++)
        {
            var (a, b, c, d) = (boxes[index * 4], boxes[(index * 4) + 1], boxes[(index * 4) + 2], boxes[(index * 4) + 3]);
            corners[index] = isCentre
                ? new(a - (c / 2), b - (d / 2), a + (c / 2), b + (d / 2))
                : new(MathF.Min(a, c), MathF.Min(b, d), MathF.Max(a, c), MathF.Max(b, d));
        }

        return corners;
    }

    private readonly record struct Corner(float X1, float Y1, float X2, float Y2)
    {
        private float Area => (X2 - X1) * (Y2 - Y1);

        /// <summary>Intersection over union; 0 for boxes without an area.</summary>
        public float Overlap(Corner other)
        {
            var (width, height) = (MathF.Min(X2, other.X2) - MathF.Max(X1, other.X1), MathF.Min(Y2, other.Y2) - MathF.Max(Y1, other.Y1));
            var shared = width > 0 && height > 0 ? width * height : 0;
            var union = Area + other.Area - shared;
            return shared > 0 && union > 0 ? shared / union : 0;
        }
    }
}
