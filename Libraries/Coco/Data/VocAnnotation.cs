using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace QatPipeline.Coco.Data;

/// <summary>One annotation file of Pascal VOC.</summary>
/// <param name="FileName">Of the picture, as it is written; empty where it is not.</param>
/// <param name="Width">Pixels; 0 where the file does not say.</param>
/// <param name="Height">Pixels; 0 where the file does not say.</param>
/// <param name="Objects">In their order.</param>
internal sealed record VocAnnotation(string FileName, int Width, int Height, IReadOnlyList<VocObject> Objects)
{
    private const int LongestDocument = 16 << 20;

    // No document type: entities could name files, or multiply.
    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LongestDocument,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <exception cref="CocoException">The file is missing, not XML, or a value is no number.</exception>
    public static VocAnnotation Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var reader = XmlReader.Create(stream, Safe);
            var root = XElement.Load(reader);
            if (root.Name.LocalName != "annotation")
            {
                throw new CocoException($"{path}: not an annotation of Pascal VOC: its root is not <annotation>.");
            }

            var size = root.Element("size");
            return new VocAnnotation(
                root.Element("filename")?.Value.Trim() ?? "",
                SideOf(size?.Element("width"), path),
                SideOf(size?.Element("height"), path),
                [.. root.Elements("object").Select((item, index) => VocObject.Read(item, $"{path}: object {index + 1}"))]);
        }
        catch (XmlException error)
        {
            // Its own message quotes the file, which may be another one than the user takes it for.
            throw new CocoException($"{path}:{error.LineNumber}: not valid XML.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static int SideOf(XElement? element, string path) => element?.Value.Trim() is not { Length: > 0 } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side
            : throw new CocoException($"{path}: its 'size' is not in whole pixels.");
}

/// <summary>An object of such a file: pixels counted from 1, the last one included.</summary>
internal sealed record VocObject(string Name, double Left, double Top, double Right, double Bottom, bool IsDifficult, string Place)
{
    public static VocObject Read(XElement element, string place)
    {
        var box = element.Element("bndbox") ?? throw new CocoException($"{place}: its 'bndbox' is missing.");
        double Side(string side) =>
            double.TryParse(box.Element(side)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value)
                ? value
                : throw new CocoException($"{place}: its '{side}' is missing or not a number of pixels.");
        return new VocObject(
            element.Element("name")?.Value.Trim() is { Length: > 0 } name
                ? name
                : throw new CocoException($"{place}: its 'name' is missing."),
            Side("xmin"),
            Side("ymin"),
            Side("xmax"),
            Side("ymax"),
            element.Element("difficult")?.Value.Trim() == "1",
            place);
    }

    /// <summary>The box in COCO's frame, which counts from the edge of the first pixel, within the picture.</summary>
    /// <exception cref="CocoException">The box lies outside the picture or ends before it begins.</exception>
    public CocoAnnotation ToAnnotation(CocoImage image, long categoryId, RemarkList remarks)
    {
        var (left, top) = (Math.Clamp(Left - 1, 0, image.Width), Math.Clamp(Top - 1, 0, image.Height));
        var (right, bottom) = (Math.Clamp(Right, 0, image.Width), Math.Clamp(Bottom, 0, image.Height));
        if (right <= left || bottom <= top)
        {
            throw new CocoException($"{Place}: its box is empty or outside the picture of {image.Width}×{image.Height} pixels.");
        }

        if (Right > image.Width || Bottom > image.Height || Left < 0 || Top < 0)
        {
            remarks.Add("boxes over the picture's edge, clipped", Place);
        }

        if (IsDifficult)
        {
            remarks.Add("objects marked difficult, taken as crowds: neither found nor missed", Place);
        }

        var box = new CocoBox(left, top, right - left, bottom - top);
        return new CocoAnnotation(0, image.Id, categoryId, box, box.Area, IsDifficult);
    }
}
