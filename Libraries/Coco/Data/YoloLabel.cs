using System.Globalization;

namespace QatPipeline.Coco.Data;

/// <summary>One row of a label file: class index and box centre, width, height, each a fraction of the image.</summary>
public readonly record struct YoloLabel(int Class, double CenterX, double CenterY, double W, double H)
{
    private const int BoxFields = 5;

    // Rounding to a few digits, and to whole pixels of small pictures.
    private const double Tolerance = 0.01;

    /// <summary>
    /// Reads "class cx cy w h", with a confidence or the data set's key points behind it, or a polygon "class x y x y x y …".
    /// </summary>
    internal static YoloLabel Parse(string line, int classes, int keyPointValues, string place, RemarkList remarks)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < BoxFields)
        {
            throw new CocoException($"{place}: {fields.Length} values; a row has five: class cx cy w h.");
        }

        // Some writers put the class as a float: 7.0 is 7.
        if (!TryParse(fields[0], out var index) || index != Math.Truncate(index) || index < 0 || index >= classes)
        {
            throw new CocoException($"{place}: the first value, the class, is not an index of 0…{classes - 1}.");
        }

        if (fields.Length == BoxFields + 1)
        {
            remarks.Add("label rows with a confidence, which plays no part", place);
        }

        var isBox = fields.Length <= BoxFields + 1 || fields.Length == BoxFields + keyPointValues;
        Span<double> values = new double[isBox ? BoxFields - 1 : (fields.Length - 1) / 2 * 2];
        var isOver = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryParse(fields[i + 1], out values[i]) || values[i] is not (>= -Tolerance and <= 1 + Tolerance))
            {
                throw new CocoException($"{place}: value {i + 2} is not a fraction of 0…1; boxes are normalised by the image's size.");
            }

            isOver |= values[i] is < 0 or > 1;
        }

        if (isOver)
        {
            remarks.Add("label rows rounded over the picture's edge, clipped", place);
        }

        return isBox ? Box((int)index, values, isOver) : Around((int)index, values, place, remarks);
    }

    internal CocoAnnotation ToAnnotation(CocoImage image, long categoryId)
    {
        var (w, h) = (W * image.Width, H * image.Height);
        var (x, y) = ((CenterX * image.Width) - (w / 2), (CenterY * image.Height) - (h / 2));
        return new CocoAnnotation(0, image.Id, categoryId, new CocoBox(x, y, w, h), w * h, IsCrowd: false);
    }

    private static YoloLabel Box(int index, ReadOnlySpan<double> box, bool isClipped) => !isClipped
        ? new YoloLabel(index, box[0], box[1], box[2], box[3])
        : Between(index, box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2));

    private static YoloLabel Around(int index, ReadOnlySpan<double> points, string place, RemarkList remarks)
    {
        remarks.Add("label rows with a polygon: the box around it is taken", place);
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        for (var i = 0; i < points.Length; i += 2)
        {
            (left, right) = (Math.Min(left, points[i]), Math.Max(right, points[i]));
            (top, bottom) = (Math.Min(top, points[i + 1]), Math.Max(bottom, points[i + 1]));
        }

        return Between(index, left, top, right, bottom);
    }

    private static YoloLabel Between(int index, double left, double top, double right, double bottom)
    {
        (left, top, right, bottom) = (Math.Clamp(left, 0, 1), Math.Clamp(top, 0, 1), Math.Clamp(right, 0, 1), Math.Clamp(bottom, 0, 1));
        return new YoloLabel(index, (left + right) / 2, (top + bottom) / 2, Math.Max(0, right - left), Math.Max(0, bottom - top));
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
