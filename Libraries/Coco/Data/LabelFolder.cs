using QatPipeline.Coco.Images;

namespace QatPipeline.Coco.Data;

/// <summary>What the readers of label folders share: which files are pictures, their ids and sizes, what is done about bad ones.</summary>
internal static class LabelFolder
{
    public static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"];

    // Smaller images carry nothing to learn from (reference 8.1).
    private const int SmallestSide = 10;

    /// <summary>The folder that names of pictures are relative to: of a file that describes the data, its own.</summary>
    public static string Of(string path) => File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;

    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>All files, in ordinal order of their paths.</summary>
    public static IEnumerable<string> FilesIn(string folder, Func<string, bool> isWanted)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(isWanted).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{folder}: cannot be listed: {error.Message}", error);
        }
    }

    /// <summary>Opens the pictures one by one.</summary>
    /// <param name="folder">What names are relative to.</param>
    /// <param name="pictures">In order.</param>
    /// <param name="options">The caller's.</param>
    /// <param name="labelsOf">The objects of a picture whose size is known, under any ids.</param>
    public static (List<CocoImage> Images, List<CocoAnnotation> Annotations) Read(
        string folder,
        IReadOnlyList<LabelledPicture> pictures,
        LabelFolderOptions options,
        Func<LabelledPicture, CocoImage, IReadOnlyList<CocoAnnotation>> labelsOf)
    {
        var ids = ImageIds.Of([.. pictures.Select(picture => picture.Path)], options.TakenIds);
        var (images, annotations) = (new List<CocoImage>(), new List<CocoAnnotation>());
        foreach (var (index, picture) in pictures.Index())
        {
            var image = new CocoImage(ids[index], Path.GetRelativePath(folder, picture.Path), 0, 0);
            options.OnOpen(picture.Path);
            options.OnOpen(picture.Labels);
            try
            {
                image = Sized(image, picture);
                foreach (var label in labelsOf(picture, image))
                {
                    annotations.Add(label with { Id = annotations.Count + 1 });
                }

                images.Add(image);
            }
            catch (CocoException exception) when (options.OnBadImage is { } onBadImage)
            {
                onBadImage(new BadImage(image, exception.Message));
            }
        }

        return (images, annotations);
    }

    /// <summary>Classes by index: COCO's own under their ids, others from 1 on.</summary>
    public static IReadOnlyList<CocoCategory> CategoriesOf(IReadOnlyList<string> names) =>
        names.SequenceEqual(CocoClasses.All.Select(category => category.Name))
            ? CocoClasses.All
            : [.. names.Select((name, index) => new CocoCategory(index + 1, name))];

    private static CocoImage Sized(CocoImage image, LabelledPicture picture)
    {
        var (width, height) = EncodedImage.ReadSize(picture.Path);
        if (width < SmallestSide || height < SmallestSide)
        {
            throw new CocoException($"{picture.Path}: under {SmallestSide} pixels a side.");
        }

        // Labels may be of the pixels as they are stored, before they are turned upright.
        var (stated, turned) = ((picture.Width, picture.Height), (picture.Height, picture.Width));
        return picture.Width <= 0 || picture.Height <= 0 || stated == (width, height) ? image with { Width = width, Height = height }
            : turned == (width, height) ? image with { Width = picture.Width, Height = picture.Height }
            : throw new CocoException(
                $"{picture.Path}: the image has {width}×{height} pixels, its annotation says {picture.Width}×{picture.Height}.");
    }
}
