namespace QatPipeline.Coco.Data;

/// <summary>The class names that lie with a label folder: in its description, or one a line as labelling tools write them.</summary>
internal static class YoloNames
{
    private static readonly string[] Descriptions = ["data.yaml", "data.yml", "dataset.yaml", "dataset.yml"];
    private static readonly string[] Lists = ["classes.txt", "obj.names"];

    /// <summary>The description in a folder, or null.</summary>
    public static string? DescriptionIn(string folder) =>
        Descriptions.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>
    /// The nearest file that may name the classes: in the folder, its label folder, or up to where both stand side by side and one more.
    /// </summary>
    public static string? Nearest(string folder)
    {
        foreach (var candidate in PlacesOf(Path.GetFullPath(folder)))
        {
            if (DescriptionIn(candidate) is { } description)
            {
                return description;
            }

            if (Lists.Select(name => Path.Combine(candidate, name)).FirstOrDefault(File.Exists) is { } list)
            {
                return list;
            }
        }

        return null;
    }

    /// <summary>The names in such a file, null where it has none, and the values of a row's key points.</summary>
    /// <exception cref="CocoException">The file cannot be read.</exception>
    public static (IReadOnlyList<string>? Names, int KeyPointValues) Read(string file)
    {
        if (!Lists.Contains(Path.GetFileName(file)))
        {
            var description = YoloDescription.Read(file);
            return (description.Names, description.KeyPointValues);
        }

        var names = SmallFile.Read(file, "a list of classes").TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        return (names is [""] ? null : names, 0);
    }

    private static IEnumerable<string> PlacesOf(string folder)
    {
        yield return folder;
        yield return YoloFiles.LabelFolderOf(folder) ?? Path.Combine(folder, "labels");
        var last = LevelsUp(folder);
        for (var level = 0; level < last && Path.GetDirectoryName(folder) is { } parent; level++)
        {
            yield return folder = parent;
        }
    }

    // …/split/images has its description above the split, …/images/split beside 'images'.
    private static int LevelsUp(string folder)
    {
        var parts = folder.Split(Path.DirectorySeparatorChar);
        var images = Array.LastIndexOf(parts, YoloFiles.Images);
        return images < 0 ? 1 : parts.Length - images + 1;
    }
}
