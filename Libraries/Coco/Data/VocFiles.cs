namespace QatPipeline.Coco.Data;

/// <summary>The files of a folder in the layout of Pascal VOC.</summary>
internal static class VocFiles
{
    private const string Annotations = "Annotations";

    private static readonly string[] PictureFolders = ["JPEGImages", "images", "Images"];

    /// <summary>The root of the data set that a list under ImageSets belongs to; null where the path is none.</summary>
    public static string? RootOfList(string path)
    {
        if (!File.Exists(path) || Path.GetExtension(path) != ".txt")
        {
            return null;
        }

        var parts = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar);
        var sets = Array.LastIndexOf(parts, "ImageSets");
        return sets > 0 ? string.Join(Path.DirectorySeparatorChar, parts[..sets]) : null;
    }

    /// <summary>The annotation files, in ordinal order of their paths.</summary>
    /// <exception cref="CocoException">There are none, or the list names something else than stems.</exception>
    public static IReadOnlyList<string> Find(string path, Action<string> onOpen)
    {
        var root = RootOfList(path) ?? path;
        if (!Directory.Exists(root))
        {
            throw new CocoException($"{path}: no such folder; name one that holds Annotations and JPEGImages, or a list under ImageSets.");
        }

        var folder = Path.Combine(root, Annotations);
        folder = Directory.Exists(folder) ? folder : root;
        IReadOnlyList<string> files;
        if (root == path)
        {
            files = [.. LabelFolder.FilesIn(folder, file => Path.GetExtension(file).Equals(".xml", StringComparison.OrdinalIgnoreCase))];
        }
        else
        {
            onOpen(path);
            files = [.. StemsIn(path).Select(stem => Path.Combine(folder, stem + ".xml")).Distinct().Order(StringComparer.Ordinal)];
        }

        return files.Count > 0 ? files : throw new CocoException($"{path}: no annotation files (.xml) in it.");
    }

    /// <summary>The picture of an annotation file: of the name that it gives, else of its own stem; null where there is none.</summary>
    public static string? PictureOf(string root, string annotation, string fileName)
    {
        // The name may come with the folders of the machine that wrote it.
        var name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        var stem = Path.GetFileNameWithoutExtension(annotation);
        var names = LabelFolder.Extensions.Select(extension => stem + extension);
        var folder = Path.GetDirectoryName(annotation)!;
        var below = Path.GetRelativePath(Path.Combine(root, Annotations), folder);
        var folders = below.StartsWith("..", StringComparison.Ordinal)
            ? [folder]
            : PictureFolders.Select(pictures => Path.GetFullPath(Path.Combine(root, pictures, below))).Append(folder);
        return folders.SelectMany(_ => LabelFolder.IsPicture(name) ? names.Prepend(name) : names, Path.Combine).FirstOrDefault(File.Exists);
    }

    // "000012", or "000012  1" in the list of a class, where -1 says that it is not in the picture.
    private static IEnumerable<string> StemsIn(string list)
    {
        foreach (var (index, line) in SmallFile.ReadLines(list, "a list of stems").Index())
        {
            switch (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                case [] or [_, "-1"]:
                    break;
                case { Length: <= 2 } words when !words[0].AsSpan().ContainsAny('/', '\\', '\0'):
                    yield return words[0];
                    break;
                default:
                    throw new CocoException($"{list}:{index + 1}: not the stem of a file, one a line.");
            }
        }
    }
}
