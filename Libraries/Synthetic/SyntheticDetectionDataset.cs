using System.Globalization;
using System.Text.Json;
using QatPipeline.Foundation;

namespace QatPipeline.Synthetic;

/// <summary>
/// A detection data set that is drawn, not photographed: ten classes told apart by outline alone, at sizes over an order of magnitude,
/// hiding each other, on textured and cluttered grounds, blurred and noisy. The same options give the same bytes.
/// </summary>
public sealed class SyntheticDetectionDataset
{
    /// <summary>Name of the annotation file within the data set's folder.</summary>
    public const string AnnotationFile = "annotations.json";

    /// <summary>Name of the picture folder within the data set's folder.</summary>
    public const string ImageFolder = "images";

    /// <summary>Raised when the same options give other pictures than before.</summary>
    public const int Version = 1;

    private readonly SyntheticOptions _options;
    private readonly ScenePainter _painter;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SyntheticDetectionDataset(SyntheticOptions options)
    {
        options.Validate();
        (_options, _painter) = (options, new ScenePainter(options));
    }

    /// <summary>Names of the classes; category ids are their positions plus one.</summary>
    public static IReadOnlyList<string> ClassNames => ShapeCatalog.Names;

    /// <summary>Draws one picture, whichever others have been drawn.</summary>
    public SyntheticImage Draw(int index) => _painter.Paint(index);

    /// <summary>Writes <c>images/000000.jpg</c> … and <c>annotations.json</c> in COCO's format; the annotations last.</summary>
    /// <param name="folder">Created if it is not there.</param>
    /// <param name="progress">Receives the number of pictures written.</param>
    /// <param name="cancellationToken">Ends between two pictures.</param>
    public void Write(string folder, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, ImageFolder)).FullName;
        var objects = new IReadOnlyList<SyntheticObject>[_options.Images];
        var written = 0;
        Parallel.For(0, _options.Images, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            var image = Draw(index);
            File.WriteAllBytes(Path.Combine(images, FileName(index)), image.Jpeg);
            objects[index] = image.Objects;
            progress?.Report(Interlocked.Increment(ref written));
        });

        AtomicFile.Write(Path.Combine(folder, AnnotationFile), stream => WriteAnnotations(stream, objects));
    }

    private static string FileName(int index) => index.ToString("D6", CultureInfo.InvariantCulture) + ".jpg";

    private void WriteAnnotations(Stream stream, IReadOnlyList<SyntheticObject>[] objects) => JsonSerializer.Serialize(stream, new
    {
        images = objects.Select((_, id) => new { id, file_name = FileName(id), width = _options.Size, height = _options.Size }),
        annotations = objects.SelectMany((items, image) => items.Select(item => (image, item))).Select((placed, position) => new
        {
            id = position + 1,
            image_id = placed.image,
            category_id = placed.item.Class + 1,
            bbox = new[] { placed.item.X, placed.item.Y, placed.item.Width, placed.item.Height },
            area = placed.item.Area,
            iscrowd = 0,
        }),
        categories = ClassNames.Select((name, category) => new { id = category + 1, name }),
    });
}
