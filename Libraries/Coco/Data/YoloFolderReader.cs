using System.Globalization;
using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Data;

/// <summary>
/// Label folders (reference 8.1): images under …/images/split, labels under …/labels/split with the same stem and ".txt", rows
/// "class cx cy w h" normalised to [0,1]. Repeated rows count once; an image without a label file has no objects.
/// </summary>
internal static class YoloFolderReader
{
    // Smaller images carry nothing to learn from (reference 8.1).
    private const int SmallestSide = 10;

    private const long LongestLabels = 16 << 20;

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"];

    public static CocoDataset Read(
        string imageFolder, IReadOnlyList<string>? classNames, Action<BadImage>? onBadImage, Action<string> onOpen)
    {
        var labelFolder = LabelFolderOf(imageFolder);
        foreach (var folder in new[] { imageFolder, labelFolder })
        {
            if (!Directory.Exists(folder))
            {
                throw new CocoException($"{folder}: no such folder; images are expected in …/images/… and their labels in …/labels/…");
            }
        }

        var categories = classNames?.Select((name, index) => new CocoCategory(index + 1, name)).ToArray() ?? CocoClasses.All;
        var images = new List<CocoImage>();
        var annotations = new List<CocoAnnotation>();
        foreach (var path in ImageFiles(imageFolder))
        {
            var image = new CocoImage(IdOf(path, images.Count), Path.GetRelativePath(imageFolder, path), 0, 0);
            onOpen(path);
            if (ReadSize(image, path, onBadImage) is not var (width, height))
            {
                continue;
            }

            image = image with { Width = width, Height = height };
            images.Add(image);
            var labels = Path.Combine(labelFolder, Path.ChangeExtension(image.FileName, ".txt"));
            onOpen(labels);
            ReadLabels(labels, image, categories, annotations);
        }

        return images.Count > 0
            ? new CocoDataset(labelFolder, imageFolder, images, annotations, categories)
            : throw new CocoException($"{imageFolder}: no images in it ({string.Join(' ', Extensions)}).");
    }

    private static string LabelFolderOf(string imageFolder)
    {
        var parts = Path.GetFullPath(imageFolder).TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        var last = Array.LastIndexOf(parts, "images");
        if (last < 0)
        {
            throw new CocoException($"{imageFolder}: no part of this path is named 'images', so that there is no label folder beside it.");
        }

        parts[last] = "labels";
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    private static IOrderedEnumerable<string> ImageFiles(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal);

    // COCO's own ids are the integer file stems; elsewhere the place in the list.
    private static long IdOf(string path, int index) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : index + 1;

    private static (int Width, int Height)? ReadSize(CocoImage image, string path, Action<BadImage>? onBadImage)
    {
        try
        {
            var size = EncodedImage.ReadSize(path);
            return size is ( >= SmallestSide, >= SmallestSide)
                ? size
                : throw new CocoException($"{path}: under {SmallestSide} pixels a side.");
        }
        catch (CocoException exception) when (onBadImage is not null)
        {
            onBadImage(new BadImage(image, exception.Message));
            return null;
        }
    }

    private static void ReadLabels(string path, CocoImage image, IReadOnlyList<CocoCategory> categories, List<CocoAnnotation> annotations)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (new FileInfo(path).Length > LongestLabels)
        {
            throw new CocoException($"{path}: larger than {LongestLabels >> 20} MiB, which the labels of no picture are.");
        }

        var seen = new HashSet<YoloLabel>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var label = YoloLabel.Parse(line, categories.Count, $"{path}:{index + 1}");
            if (seen.Add(label))
            {
                annotations.Add(label.ToAnnotation(annotations.Count + 1, image, categories[label.Class].Id));
            }
        }
    }
}
