using System.Collections.Frozen;

namespace QatPipeline.Coco.Data;

/// <summary>
/// Images, objects and categories. Categories are ordered by id, and a category's place in that order is its contiguous class index
/// (for COCO the map of 80 indices to ids 1…90, reference 8.5). Consistent by construction: ids are unique and every annotation
/// names an image and a category of the set.
/// </summary>
public sealed class CocoDataset
{
    private readonly FrozenDictionary<long, int> _imageIndices;
    private readonly FrozenDictionary<long, int> _categoryIndices;
    private readonly CocoAnnotation[][] _annotationsByImage;

    /// <param name="source">The annotation file or label folder, for error messages.</param>
    /// <param name="imageFolder">The folder that file names are relative to.</param>
    /// <param name="images">In the order of the source.</param>
    /// <param name="annotations">In the order of the source.</param>
    /// <param name="categories">In any order.</param>
    /// <exception cref="CocoException">An id occurs twice, or an annotation names an unknown image or category.</exception>
    public CocoDataset(
        string source,
        string imageFolder,
        IReadOnlyList<CocoImage> images,
        IReadOnlyList<CocoAnnotation> annotations,
        IEnumerable<CocoCategory> categories)
    {
        (Source, ImageFolder, Images, Annotations) = (source, imageFolder, images, annotations);
        var unsorted = categories.ToList();
        Categories = [.. unsorted.OrderBy(category => category.Id)];
        _ = IndexById(source, "annotations", annotations, annotation => annotation.Id);
        _ = IndexById(source, "categories", unsorted, category => category.Id);
        _imageIndices = IndexById(source, "images", images, image => image.Id).ToFrozenDictionary();
        _categoryIndices = Categories.Index().ToFrozenDictionary(entry => entry.Item.Id, entry => entry.Index);
        _annotationsByImage = GroupByImage();
    }

    /// <summary>The annotation file or label folder this was read from.</summary>
    public string Source { get; }

    /// <summary>The folder that file names are relative to.</summary>
    public string ImageFolder { get; }

    /// <summary>In the order of the file or folder; ids are unique.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>Of all images, in the order of the file, crowds included.</summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>Ordered by id: the position is the contiguous class index.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>What was mended or passed over when it was read.</summary>
    public IReadOnlyList<DataRemark> Remarks { get; init; } = [];

    /// <summary>The ids of images and categories that the file has as texts, with the numbers that stand for them here.</summary>
    public IReadOnlyDictionary<string, long> TextIds { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Reads COCO JSON, plain or gzip.</summary>
    /// <param name="annotationFile">The annotation file.</param>
    /// <param name="imageFolder">The folder that file names are relative to.</param>
    /// <exception cref="CocoException">The file is unreadable, malformed or inconsistent.</exception>
    public static CocoDataset Read(string annotationFile, string imageFolder) => CocoJsonReader.Read(annotationFile, imageFolder);

    /// <summary>
    /// Reads a label folder (reference 8.1): images under …/images/split, labels under …/labels/split with the same stem and ".txt" or
    /// beside the images, rows "class cx cy w h" normalised to [0,1], or polygons. Images under 10 px a side are bad.
    /// </summary>
    /// <param name="path">The images, subfolders included, the folder that holds images and labels, or a data.yaml.</param>
    /// <param name="options">Classes, part, what to do about bad images. Classes that nothing names are COCO's 80 with COCO's ids.</param>
    /// <exception cref="CocoException">A folder is missing or empty, a label is malformed, or an image is unusable.</exception>
    public static CocoDataset ReadYolo(string path, LabelFolderOptions? options = null) =>
        YoloFolderReader.Read(path, options ?? new LabelFolderOptions());

    /// <summary>
    /// Reads a folder in the layout of Pascal VOC: an XML file a picture, under Annotations with the pictures under JPEGImages, or beside
    /// the picture. Objects marked difficult are crowds: neither found nor missed.
    /// </summary>
    /// <param name="path">The folder, or one of its lists of stems (ImageSets/Main/val.txt).</param>
    /// <param name="options">Classes, what to do about bad images. Classes that nothing names are those found, in ordinal order.</param>
    /// <exception cref="CocoException">A folder is missing or empty, an annotation is malformed, or an image is unusable.</exception>
    public static CocoDataset ReadVoc(string path, LabelFolderOptions? options = null) =>
        VocFolderReader.Read(path, options ?? new LabelFolderOptions());

    /// <summary>The folder that the names of pictures of a label folder are relative to.</summary>
    /// <param name="path">A folder, or the data.yaml or list of stems that stands for one.</param>
    public static string FolderOf(string path) => VocFiles.RootOfList(path) ?? LabelFolder.Of(path);

    /// <summary>The folders and files that a label folder in the YOLO layout is read from: itself, its labels, its classes.</summary>
    /// <param name="path">As for <see cref="ReadYolo"/>.</param>
    public static IEnumerable<string> SourcesOfYolo(string path) => YoloFiles.Around(path);

    /// <summary>The images with the names of their files in a folder, in the data set's order.</summary>
    public IReadOnlyList<CocoImage> FilesIn(string folder) =>
        [.. Images.Select(image => image with { FileName = Path.Combine(folder, image.FileName) })];

    /// <summary>The position in <see cref="Images"/> of an image, or -1.</summary>
    public int ImageIndexOf(long imageId) => _imageIndices.TryGetValue(imageId, out var index) ? index : -1;

    /// <summary>The contiguous class index of a category, or -1.</summary>
    public int CategoryIndexOf(long categoryId) => _categoryIndices.TryGetValue(categoryId, out var index) ? index : -1;

    /// <summary>The annotations of the image at a position of <see cref="Images"/>, in the order of the source.</summary>
    public IReadOnlyList<CocoAnnotation> AnnotationsOf(int imageIndex) => _annotationsByImage[imageIndex];

    /// <summary>Where an image's file should be. It need not exist.</summary>
    /// <exception cref="CocoException">The source names no file for the image, or one outside the folder.</exception>
    public string PathOf(CocoImage image) => FileIn(ImageFolder, image.FileName, $"{Source}: image {image.Id}");

    /// <summary>The path of a picture in a folder.</summary>
    /// <param name="folder">The pictures' folder; empty where the names are full paths.</param>
    /// <param name="name">The name a data set gives, which may hold subfolders.</param>
    /// <param name="place">What errors call the picture.</param>
    /// <exception cref="CocoException">There is no name, it is absolute, or it leads out of the folder.</exception>
    public static string FileIn(string folder, string name, string place)
    {
        if (name.Length == 0)
        {
            throw new CocoException($"{place} has no 'file_name'.");
        }

        // Label tools of Windows write its separator; on other systems it may be part of a name.
        if (name.Contains('\\', StringComparison.Ordinal) && !File.Exists(Path.Combine(folder, name)))
        {
            name = name.Replace('\\', '/');
        }

        var inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Length > 0 ? folder : "/")) + Path.DirectorySeparatorChar;
        return folder.Length == 0 || (!Path.IsPathRooted(name) && !name.Contains('\0', StringComparison.Ordinal)
            && Path.GetFullPath(name, inside).StartsWith(inside, StringComparison.Ordinal))
            ? Path.Combine(folder, name)
            : throw new CocoException(
                $"{place}: its 'file_name' leaves the folder of the pictures: "
                + $"it must be relative to {folder}, without '..' that leads out.");
    }

    private static Dictionary<long, int> IndexById<T>(string source, string section, IReadOnlyList<T> items, Func<T, long> idOf)
    {
        var indices = new Dictionary<long, int>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (!indices.TryAdd(idOf(items[i]), i))
            {
                var id = idOf(items[i]);
                throw new CocoException($"{source}: {section}[{i}]: id {id} is already used by {section}[{indices[id]}].");
            }
        }

        return indices;
    }

    private CocoAnnotation[][] GroupByImage()
    {
        var groups = new List<CocoAnnotation>?[Images.Count];
        for (var i = 0; i < Annotations.Count; i++)
        {
            var annotation = Annotations[i];
            var image = ImageIndexOf(annotation.ImageId);
            if (image < 0)
            {
                throw new CocoException(
                    $"{Source}: annotations[{i}] (id {annotation.Id}): image_id {annotation.ImageId} is not among the images.");
            }

            if (CategoryIndexOf(annotation.CategoryId) < 0)
            {
                throw new CocoException(
                    $"{Source}: annotations[{i}] (id {annotation.Id}): category_id {annotation.CategoryId} is not among the categories.");
            }

            (groups[image] ??= []).Add(annotation);
        }

        return Array.ConvertAll(groups, group => group?.ToArray() ?? []);
    }
}
