namespace QatPipeline.Detectors.Outputs;

/// <summary>From an anchor's numbers to its corners on the canvas.</summary>
internal static class BoxDecodings
{
    public static BoxDecoding Decoded(BoxForm form, bool isNormalized, (int Height, int Width) canvas)
    {
        var (x, y) = isNormalized ? ((float)canvas.Width, (float)canvas.Height) : (1f, 1f);
        return form switch
        {
            BoxForm.Corners => (box, _) => (box[0] * x, box[1] * y, box[2] * x, box[3] * y),
            BoxForm.CornersYx => (box, _) => (box[1] * x, box[0] * y, box[3] * x, box[2] * y),
            _ => (box, _) => Corners(box[0] * x, box[1] * y, box[2] * x, box[3] * y),
        };
    }

    /// <summary>Offsets from the cell's corner and logarithms of sizes, all in strides.</summary>
    public static BoxDecoding Grid(Cells cells) => (box, anchor) => Corners(
        (box[0] + cells.Column(anchor)) * cells.StrideX,
        (box[1] + cells.Row(anchor)) * cells.StrideY,
        MathF.Exp(box[2]) * cells.StrideX,
        MathF.Exp(box[3]) * cells.StrideY);

    /// <summary>Sigmoids, relative to the cell and to an anchor box in pixels.</summary>
    public static BoxDecoding Anchored(Cells cells, float width, float height) => (box, anchor) => Corners(
        ((Scores.Sigmoid(box[0]) * 2) - 0.5f + cells.Column(anchor)) * cells.StrideX,
        ((Scores.Sigmoid(box[1]) * 2) - 0.5f + cells.Row(anchor)) * cells.StrideY,
        MathF.Pow(Scores.Sigmoid(box[2]) * 2, 2) * width,
        MathF.Pow(Scores.Sigmoid(box[3]) * 2, 2) * height);

    /// <summary>Hyperbolic tangents from the cell's corner, sigmoids of the whole canvas.</summary>
    public static BoxDecoding OfPicture(Cells cells, (int Height, int Width) canvas) => (box, anchor) => Corners(
        (MathF.Tanh(box[0]) + cells.Column(anchor)) * cells.StrideX,
        (MathF.Tanh(box[1]) + cells.Row(anchor)) * cells.StrideY,
        Scores.Sigmoid(box[2]) * canvas.Width,
        Scores.Sigmoid(box[3]) * canvas.Height);

    /// <summary>Mean distances of four distributions (left, top, right, bottom) from the cell's centre, in strides.</summary>
    public static BoxDecoding Distances(Cells cells) => (box, anchor) =>
    {
        var bins = box.Count / 4;
        var (x, y) = (cells.Column(anchor) + 0.5f, cells.Row(anchor) + 0.5f);
        return (
            (x - Mean(box, 0, bins)) * cells.StrideX,
            (y - Mean(box, bins, bins)) * cells.StrideY,
            (x + Mean(box, 2 * bins, bins)) * cells.StrideX,
            (y + Mean(box, 3 * bins, bins)) * cells.StrideY);
    };

    private static float Mean(Lane values, int start, int bins)
    {
        var largest = float.NegativeInfinity;
        for (var bin = 0; bin < bins; bin++)
        {
            largest = MathF.Max(largest, values[start + bin]);
        }

        var (weights, sum) = (0f, 0f);
        for (var bin = 0; bin < bins; bin++)
        {
            var weight = MathF.Exp(values[start + bin] - largest);
            weights += weight;
            sum += weight * bin;
        }

        return sum / weights;
    }

    private static (float X1, float Y1, float X2, float Y2) Corners(float x, float y, float width, float height) =>
        (x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
}
