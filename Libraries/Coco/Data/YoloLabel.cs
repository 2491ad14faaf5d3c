using System.Globalization;

namespace QatPipeline.Coco.Data;

/// <summary>One row of a label file: class index and box centre, width, height, each a fraction of the image.</summary>
public readonly record struct YoloLabel(int Class, double CenterX, double CenterY, double W, double H)
{
    internal static YoloLabel Parse(string line, int classes, string place)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw new CocoException($"{place}: {fields.Length} values; a row has five: class cx cy w h.");
        }

        // Some writers put the class as a float: 7.0 is 7.
        if (!TryParse(fields[0], out var index) || index != Math.Truncate(index) || index < 0 || index >= classes)
        {
            throw new CocoException($"{place}: the first value, the class, is not an index of 0…{classes - 1}.");
        }

        Span<double> box = stackalloc double[4];
        for (var i = 0; i < box.Length; i++)
        {
            if (!TryParse(fields[i + 1], out box[i]) || box[i] is not (>= 0 and <= 1))
            {
                throw new CocoException($"{place}: value {i + 2} is not a fraction of 0…1; boxes are normalised by the image's size.");
            }
        }

        return new YoloLabel((int)index, box[0], box[1], box[2], box[3]);
    }

    internal CocoAnnotation ToAnnotation(long id, CocoImage image, long categoryId)
    {
        var (w, h) = (W * image.Width, H * image.Height);
        var (x, y) = ((CenterX * image.Width) - (w / 2), (CenterY * image.Height) - (h / 2));
        return new CocoAnnotation(id, image.Id, categoryId, new CocoBox(x, y, w, h), w * h, IsCrowd: false);
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
