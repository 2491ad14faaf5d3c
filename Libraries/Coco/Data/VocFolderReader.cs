namespace QatPipeline.Coco.Data;

/// <summary>Folders in the layout of Pascal VOC: an XML file a picture.</summary>
internal static class VocFolderReader
{
    public static CocoDataset Read(string path, LabelFolderOptions options)
    {
        var root = VocFiles.RootOfList(path) ?? path;
        var remarks = new RemarkList();
        var (pictures, annotations) = (new List<LabelledPicture>(), new Dictionary<string, VocAnnotation>(StringComparer.Ordinal));
        foreach (var file in VocFiles.Find(path, options.OnOpen))
        {
            options.OnOpen(file);
            try
            {
                var annotation = VocAnnotation.Read(file);
                annotations.Add(file, annotation);
                var picture = VocFiles.PictureOf(root, file, annotation.FileName)
                    ?? throw new CocoException($"{file}: there is no picture of it.");
                pictures.Add(new LabelledPicture(picture, file, annotation.Width, annotation.Height));
            }
            catch (CocoException exception) when (options.OnBadImage is { } onBadImage)
            {
                onBadImage(new BadImage(new CocoImage(0, Path.GetRelativePath(root, file), 0, 0), exception.Message));
            }
        }

        var names = options.ClassNames
            ?? [.. annotations.Values.SelectMany(file => file.Objects).Select(item => item.Name).Distinct().Order(StringComparer.Ordinal)];
        var categories = LabelFolder.CategoriesOf(names);
        var ids = categories.DistinctBy(category => category.Name)
            .ToDictionary(category => category.Name, category => category.Id, StringComparer.Ordinal);
        var (images, objects) = LabelFolder.Read(root, pictures, options, (picture, image) => ObjectsOf(
            annotations[picture.Labels].Objects, image, ids, remarks));
        return images.Count > 0
            ? new CocoDataset(path, root, images, objects, categories) { Remarks = remarks.All }
            : throw new CocoException($"{path}: no images in it that can be used.");
    }

    private static List<CocoAnnotation> ObjectsOf(
        IReadOnlyList<VocObject> objects, CocoImage image, Dictionary<string, long> ids, RemarkList remarks) =>
        [.. objects.Select(item => item.ToAnnotation(
            image,
            ids.TryGetValue(item.Name, out var id) ? id : throw new CocoException($"{item.Place}: its 'name' is not among the classes."),
            remarks))];
}
