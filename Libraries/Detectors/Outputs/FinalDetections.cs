namespace QatPipeline.Detectors.Outputs;

/// <summary>Outputs that are detections already: a box, a score and a class in each row.</summary>
internal static class FinalDetections
{
    public static List<Candidate> Read(
        DetectorDescription description, OutputTensor output, (int Height, int Width) canvas, float threshold, int[] classOf)
    {
        var rows = Plane.Of(output, description.IsTransposed);
        var (box, score, label) = description.Columns is [var first, var second, var third] ? (first, second, third) : (0, 4, 5);
        var decode = BoxDecodings.Decoded(description.Boxes, description.IsNormalized, canvas);
        var candidates = new List<Candidate>();
        for (var row = 0; row < rows.Anchors; row++)
        {
            var values = rows[row];
            var index = (int)MathF.Round(values[label]);
            if (values[score] > threshold && index >= 0 && index < classOf.Length && classOf[index] >= 0)
            {
                var (x1, y1, x2, y2) = decode(rows.SkipChannels(box)[row], row);
                candidates.Add(new Candidate(classOf[index], values[score], x1, y1, x2, y2));
            }
        }

        return candidates;
    }
}
