namespace QatPipeline.Coco.Data;

/// <summary>The files of a data set in one of the layouts that go by the name of YOLO.</summary>
/// <param name="Folder">What names of pictures are relative to.</param>
/// <param name="Pictures">In ordinal order of their paths.</param>
/// <param name="Missing">Pictures that a list names and that are not there: their names, and where.</param>
/// <param name="NamesFile">What may name the classes; null where nothing does.</param>
internal sealed record YoloFiles(
    string Folder, IReadOnlyList<LabelledPicture> Pictures, IReadOnlyList<(string Name, string Where)> Missing, string? NamesFile)
{
    public const string Images = "images";

    private const string Labels = "labels";

    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>
    /// Finds them: a <c>data.yaml</c>, or a folder that holds one, names its parts; of any other folder all pictures are taken.
    /// </summary>
    /// <exception cref="CocoException">The folder or a part of it is missing.</exception>
    public static YoloFiles Find(string path, DataSubset subset, Action<string> onOpen)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new CocoException($"{path}: no such folder; images are expected in …/images/… and their labels in …/labels/…");
        }

        var folder = LabelFolder.Of(path);
        if ((File.Exists(path) ? path : YoloNames.DescriptionIn(folder)) is { } file)
        {
            onOpen(file);
            var description = YoloDescription.Read(file);
            if (description.NamesPictures)
            {
                var missing = new List<(string, string)>();
                return new YoloFiles(folder, Labelled(PartOf(file, folder, description, subset, missing, onOpen)), missing, file);
            }
        }

        var pictures = Path.Combine(folder, Images);
        return new YoloFiles(
            folder,
            Labelled(LabelFolder.FilesIn(Directory.Exists(pictures) ? pictures : folder, LabelFolder.IsPicture)),
            [],
            YoloNames.Nearest(folder));
    }

    /// <summary>Files and folders besides the one named that decide what is read.</summary>
    public static IEnumerable<string> Around(string path)
    {
        var folder = LabelFolder.Of(path);
        return new[] { folder, LabelFolderOf(Path.GetFullPath(folder)), YoloNames.Nearest(folder) }
            .OfType<string>().Where(Path.Exists);
    }

    /// <summary>The folder of labels beside one of images (reference 8.1), or null where no part of the path is named so.</summary>
    public static string? LabelFolderOf(string imageFolder)
    {
        var parts = imageFolder.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        var last = Array.LastIndexOf(parts, Images);
        if (last < 0)
        {
            return null;
        }

        parts[last] = Labels;
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    private static IReadOnlyList<LabelledPicture> Labelled(IEnumerable<string> pictures) =>
        [.. pictures.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(picture => new LabelledPicture(picture, LabelsOf(Path.GetFullPath(picture))))];

    // Tools that know no two folders write the labels beside the pictures.
    private static string LabelsOf(string picture)
    {
        var beside = Path.ChangeExtension(picture, ".txt");
        var apart = LabelFolderOf(Path.GetDirectoryName(picture)!) is { } folder ? Path.Combine(folder, Path.GetFileName(beside)) : beside;
        return !File.Exists(apart) && File.Exists(beside) ? beside : apart;
    }

    private static List<string> PartOf(
        string file, string folder, YoloDescription description, DataSubset subset, List<(string, string)> missing, Action<string> onOpen)
    {
        var name = subset.ToString().ToLowerInvariant();
        var pictures = new List<string>();
        foreach (var entry in description.EntriesOf(subset)
            ?? throw new CocoException($"{file}: names no '{name}': add it, or name the folder of the pictures in place of this file."))
        {
            var place = entry.Select(written => Inside(folder, written)).FirstOrDefault(place => place is not null)
                ?? throw new CocoException(
                    $"{file}: what it names for '{name}' is not in its folder, where it has to be: move it there, "
                    + "or name the folder of the pictures in place of this file.");
            if (Directory.Exists(place))
            {
                var images = Path.Combine(place, Images);
                pictures.AddRange(LabelFolder.FilesIn(Directory.Exists(images) ? images : place, LabelFolder.IsPicture));
                continue;
            }

            onOpen(place);
            foreach (var (index, line) in SmallFile.ReadLines(place, "a list of pictures").Index())
            {
                if (line.Trim() is { Length: > 0 } written)
                {
                    if ((Inside(Path.GetDirectoryName(place)!, written) ?? Inside(folder, written)) is { } picture && File.Exists(picture))
                    {
                        pictures.Add(picture);
                    }
                    else
                    {
                        missing.Add((Path.GetFileName(place), $"{place}:{index + 1}"));
                    }
                }
            }
        }

        return pictures;
    }

    /// <summary>
    /// What a path names in a folder, without ever leaving it: people move data sets, so that of an absolute path its longest end that is
    /// there counts, of one that climbs out what follows.
    /// </summary>
    private static string? Inside(string folder, string written)
    {
        if (written.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var isAbsolute = written.StartsWith('/') || written.StartsWith('\\') || (written.Length > 1 && written[1] == ':');
        var parts = written.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        parts = parts[(Array.LastIndexOf(parts, "..") + 1)..];

        // A single name of an absolute path may be that of anything.
        var last = isAbsolute ? Math.Max(0, parts.Length - 2) : 0;
        for (var start = 0; start <= last && start < parts.Length; start++)
        {
            var place = Path.Combine([folder, .. parts[start..]]);
            if (Path.Exists(place))
            {
                return place;
            }
        }

        return parts.Length == 0 && !isAbsolute ? folder : null;
    }
}
