namespace QatPipeline.Detectors.Outputs;

/// <summary>Finds a layout's anchors in the outputs of one image.</summary>
internal static class Levels
{
    private const int BoxLength = 4;

    // Anchor boxes of YOLOv5, three a stride.
    private static readonly double[] DefaultAnchors =
        [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326];

    /// <param name="description">The layout; not that of final detections.</param>
    /// <param name="outputs">Of one image, in the layout's order.</param>
    /// <param name="canvas">Height and width of the network's input.</param>
    /// <param name="classes">Numbers an anchor has for its classes, the background among them.</param>
    /// <exception cref="DetectorException">The outputs are not of the layout.</exception>
    public static IReadOnlyList<Level> Bind(
        DetectorDescription description, IReadOnlyList<OutputTensor> outputs, (int Height, int Width) canvas, int classes) =>
        description.Layout switch
        {
            OutputLayout.Rows => [Decoded(description, outputs[0], canvas, classes, hasObjectness: true)],
            OutputLayout.Classes => [Decoded(description, outputs[0], canvas, classes, hasObjectness: false)],
            OutputLayout.BoxesScores => [Separate(description, outputs, canvas)],
            OutputLayout.Grid => [.. outputs.SelectMany(output => Split(output, description.IsTransposed, canvas).Select(part =>
                Row(part.Plane, classes, hasObjectness: true, BoxDecodings.Grid(part.Cells))))],
            OutputLayout.Cells => [.. outputs.SelectMany(output => Split(output, description.IsTransposed, canvas).Select(part =>
                FirstObjectness(part.Plane, classes, BoxDecodings.OfPicture(part.Cells, canvas))))],
            OutputLayout.Anchors =>
                [.. outputs.Index().SelectMany(output => Anchored(description, output.Item, output.Index, canvas, classes))],
            OutputLayout.Distribution => [.. Distributions(description, outputs, canvas, classes)],
            _ => throw new ArgumentOutOfRangeException(nameof(description), description.Layout, "A layout without anchors."),
        };

    private static Level Decoded(
        DetectorDescription description, OutputTensor output, (int Height, int Width) canvas, int classes, bool hasObjectness) =>
        Row(
            Plane.Of(output, description.IsTransposed),
            classes,
            hasObjectness,
            BoxDecodings.Decoded(description.Boxes, description.IsNormalized, canvas));

    private static Level Separate(
        DetectorDescription description, IReadOnlyList<OutputTensor> outputs, (int Height, int Width) canvas) => new(
        Plane.Of(outputs[0], description.IsTransposed),
        null,
        Plane.Of(outputs[1], description.IsTransposed),
        BoxDecodings.Decoded(description.Boxes, description.IsNormalized, canvas));

    private static IEnumerable<Level> Anchored(
        DetectorDescription description, OutputTensor output, int index, (int Height, int Width) canvas, int classes)
    {
        var anchors = description.Anchors.Count > 0 ? description.Anchors : DefaultAnchors;
        var isLast = output.Shape.Count == 4;
        var length = BoxLength + 1 + classes;
        var (rows, columns) = isLast ? (output.Shape[1], output.Shape[2]) : (output.Shape[^2], output.Shape[^1]);
        var count = isLast ? output.Shape[0] : output.Shape[0] / length;
        var cells = Cells.OfMap(rows, columns, canvas);
        for (var anchor = 0; anchor < count; anchor++)
        {
            var values = output.Values.Slice(anchor * length * cells.Count, length * cells.Count);
            var pair = 2 * ((index * count) + anchor);
            if (pair + 1 >= anchors.Count)
            {
                throw new DetectorException(
                    $"Output {output} has more anchors than there are anchor boxes: give model.detector.anchors, a width and a height in "
                    + "pixels for each anchor of each stride.");
            }

            yield return Row(
                isLast ? new Plane(values, cells.Count, length, length, 1) : new Plane(values, cells.Count, length, 1, cells.Count),
                classes,
                hasObjectness: true,
                BoxDecodings.Anchored(cells, (float)anchors[pair], (float)anchors[pair + 1]));
        }
    }

    private static IEnumerable<Level> Distributions(
        DetectorDescription description, IReadOnlyList<OutputTensor> outputs, (int Height, int Width) canvas, int classes)
    {
        if (Split(outputs[0], description.IsTransposed, canvas).All(part => part.Plane.Channels > classes))
        {
            return outputs.SelectMany(output => Split(output, description.IsTransposed, canvas)).Select(part =>
            {
                var distances = part.Plane.Channels - classes;
                var box = BoxDecodings.Distances(part.Cells);
                return description.AreClassesFirst
                    ? new Level(part.Plane.SkipChannels(classes), null, part.Plane.TakeChannels(classes), box)
                    : new Level(part.Plane.TakeChannels(distances), null, part.Plane.SkipChannels(distances), box);
            });
        }

        var half = outputs.Count / 2;
        return Enumerable.Range(0, half).SelectMany(index => Split(outputs[index], description.IsTransposed, canvas)
            .Zip(Split(outputs[half + index], description.IsTransposed, canvas), (scores, boxes) =>
                new Level(boxes.Plane, null, scores.Plane, BoxDecodings.Distances(scores.Cells))));
    }

    // Box, objectness where there is one, classes; what follows them, as coefficients of masks, is not read.
    private static Level Row(Plane row, int classes, bool hasObjectness, BoxDecoding box)
    {
        var head = BoxLength + (hasObjectness ? 1 : 0);
        return new Level(
            row.TakeChannels(BoxLength),
            hasObjectness ? row.SkipChannels(BoxLength).TakeChannels(1) : null,
            row.SkipChannels(head).TakeChannels(classes),
            box);
    }

    private static Level FirstObjectness(Plane row, int classes, BoxDecoding box) => new(
        row.SkipChannels(1).TakeChannels(BoxLength), row.TakeChannels(1), row.SkipChannels(BoxLength + 1).TakeChannels(classes), box);

    /// <summary>A map as it is, or the cells of all strides one after the other.</summary>
    private static List<(Plane Plane, Cells Cells)> Split(OutputTensor output, bool isTransposed, (int Height, int Width) canvas)
    {
        if (output.Shape.Count == 3)
        {
            return [(Plane.Of(output, isTransposed: true), Cells.OfMap(output.Shape[1], output.Shape[2], canvas))];
        }

        var plane = Plane.Of(output, isTransposed);
        var strides = Cells.Find(plane.Anchors, canvas) ?? throw new DetectorException(
            $"Output {output} has {plane.Anchors} cells, which are no strides of {canvas.Height}×{canvas.Width} pixels: give "
            + "model.detector.layout another value.");
        var (parts, start) = (new List<(Plane Plane, Cells Cells)>(), 0);
        foreach (var cells in strides)
        {
            parts.Add((plane.Slice(start, cells.Count), cells));
            start += cells.Count;
        }

        return parts;
    }
}
