namespace QatPipeline.Detectors.Outputs;

/// <summary>Outputs that are detections already: a box, a score and a class in each row, or in an output each.</summary>
internal static class FinalDetections
{
    public static List<Candidate> Read(
        DetectorDescription description,
        IReadOnlyList<OutputTensor> outputs,
        (int Height, int Width) canvas,
        float threshold,
        int[] classOf)
    {
        var rows = Plane.Of(outputs[0], description.IsTransposed);
        var (box, score, label) = description.Columns is [var first, var second, var third] ? (first, second, third) : (0, 4, 5);
        var (boxes, scores, labels) = description.Layout == OutputLayout.BoxesScoresLabels
            ? (rows, List(outputs[1]), List(outputs[2]))
            : (rows.SkipChannels(box), rows.SkipChannels(score), rows.SkipChannels(label));
        var decode = BoxDecodings.Decoded(description.Boxes, description.IsNormalized, canvas);
        var candidates = new List<Candidate>();
        for (var row = 0; row < rows.Anchors; row++)
        {
            var (value, index) = (scores[row][0], (int)MathF.Round(labels[row][0]));
            if (value > threshold && index >= 0 && index < classOf.Length && classOf[index] >= 0)
            {
                var (x1, y1, x2, y2) = decode(boxes[row], row);
                candidates.Add(new Candidate(classOf[index], value, x1, y1, x2, y2));
            }
        }

        return candidates;
    }

    /// <summary>An output of one number a detection, whatever its dimensions.</summary>
    public static Plane List(OutputTensor output) => new(output.Values, output.Values.Length, 1, 1, 1);
}
