namespace QatPipeline.Coco.Data;

/// <summary>
/// Label folders (reference 8.1): a text file a picture, with the same stem, under …/labels/… where the picture is under …/images/…, or
/// beside it. Repeated rows count once; an image without a label file has no objects.
/// </summary>
internal static class YoloFolderReader
{
    public static CocoDataset Read(string path, LabelFolderOptions options)
    {
        var files = YoloFiles.Find(path, options.Subset, options.OnOpen);
        var labelFolder = YoloFiles.LabelFolderOf(Path.GetFullPath(files.Folder)) ?? files.Folder;
        RequireLabels(files, path);
        var remarks = new RemarkList();
        var (categories, keyPoints) = ClassesOf(files, options, remarks);
        foreach (var (name, where) in files.Missing)
        {
            var reason = $"{where}: the picture that this line names is not in the folder of the data set.";
            (options.OnBadImage ?? throw new CocoException(reason))(new BadImage(new CocoImage(0, name, 0, 0), reason));
        }

        var (images, annotations) = LabelFolder.Read(
            files.Folder, files.Pictures, options, (picture, image) => ReadLabels(picture.Labels, image, categories, keyPoints, remarks));
        return images.Count > 0
            ? new CocoDataset(labelFolder, files.Folder, images, annotations, categories) { Remarks = remarks.All }
            : throw new CocoException($"{path}: no images in it that can be used ({string.Join(' ', LabelFolder.Extensions)}).");
    }

    private static void RequireLabels(YoloFiles files, string path)
    {
        // A folder of labels may lack those of pictures without objects; beside the pictures, one file has to show that they are there.
        static bool HasPlace(LabelledPicture picture) => File.Exists(picture.Labels)
            || (Path.GetDirectoryName(picture.Labels) is var folder && folder != Path.GetDirectoryName(Path.GetFullPath(picture.Path))
                && Directory.Exists(folder));

        if (files.Pictures.Count > 0 && !files.Pictures.Any(HasPlace))
        {
            throw new CocoException(
                $"{path}: its pictures have no labels: they are expected in …/labels/… where the pictures are in …/images/…, "
                + "or beside them.");
        }
    }

    private static (IReadOnlyList<CocoCategory> Categories, int KeyPoints) ClassesOf(
        YoloFiles files, LabelFolderOptions options, RemarkList remarks)
    {
        IReadOnlyList<string>? names = null;
        var keyPoints = 0;
        if (files.NamesFile is { } file)
        {
            options.OnOpen(file);
            (names, keyPoints) = YoloNames.Read(file);
        }

        if ((options.ClassNames ?? names) is { } found)
        {
            return (LabelFolder.CategoriesOf(found), keyPoints);
        }

        remarks.Add("class list taken for granted, COCO's 80: no data.yaml and no classes.txt lies with the data", files.Folder);
        return (CocoClasses.All, keyPoints);
    }

    private static List<CocoAnnotation> ReadLabels(
        string path, CocoImage image, IReadOnlyList<CocoCategory> categories, int keyPoints, RemarkList remarks)
    {
        var annotations = new List<CocoAnnotation>();
        if (!File.Exists(path))
        {
            remarks.Add("pictures without a label file, which have no objects", image.FileName);
            return annotations;
        }

        var seen = new HashSet<YoloLabel>();
        foreach (var (index, line) in SmallFile.ReadLines(path, "the labels of a picture").Index())
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var place = $"{path}:{index + 1}";
            var label = YoloLabel.Parse(line, categories.Count, keyPoints, place, remarks);
            if (seen.Add(label))
            {
                annotations.Add(label.ToAnnotation(image, categories[label.Class].Id));
            }
            else
            {
                remarks.Add("label rows repeated, counted once", place);
            }
        }

        return annotations;
    }
}
