using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Foundation.Concurrency;

namespace QatPipeline.Coco.Checks;

/// <summary>Looks at every picture and label of a data set.</summary>
/// <param name="dataset">The data set.</param>
/// <param name="alreadyBad">Pictures that its reader left out.</param>
public sealed class DatasetCheck(CocoDataset dataset, IReadOnlyList<BadImage> alreadyBad)
{
    // COCO's bounds of small and of medium objects, in pixels².
    private const double Small = 32 * 32;
    private const double Medium = 96 * 96;

    /// <summary>Decodes all pictures, several at a time, and counts what is in those that can be used.</summary>
    /// <exception cref="CocoException">A picture's name leads out of its folder.</exception>
    public DatasetFigures Run(CancellationToken cancellationToken)
    {
        var images = new CocoImage?[dataset.Images.Count];
        var bad = new BadImage?[images.Length];
        ParallelWork.For(images.Length, workers: 0, index =>
        {
            var image = dataset.Images[index];
            var path = dataset.PathOf(image);
            try
            {
                var found = ImageDecoder.Probe(path, image.Width, image.Height);
                images[index] = image with { Width = found.Width, Height = found.Height };
            }
            catch (CocoException exception)
            {
                bad[index] = new BadImage(image, exception.Message);
            }
        }, cancellationToken);
        return Figures([.. images.OfType<CocoImage>()], [.. alreadyBad, .. bad.OfType<BadImage>()]);
    }

    private DatasetFigures Figures(IReadOnlyList<CocoImage> images, IReadOnlyList<BadImage> bad)
    {
        var objects = images.SelectMany(image => ObjectsOf(image).Select(item => (Image: image, Object: item))).ToArray();
        var byClass = objects.ToLookup(entry => entry.Object.CategoryId);
        return new DatasetFigures
        {
            Source = dataset.Source,
            Images = images.Count,
            EmptyImages = images.Count(image => ObjectsOf(image).Count == 0),
            Objects = objects.Length,
            Crowds = objects.Count(entry => entry.Object.IsCrowd),
            Sizes = new ObjectSizes(
                objects.Count(entry => entry.Object.Area < Small),
                objects.Count(entry => entry.Object.Area is >= Small and < Medium),
                objects.Count(entry => entry.Object.Area >= Medium)),
            EmptyBoxes = objects.Count(entry => entry.Object.Box is not { Width: > 0, Height: > 0 }),
            BoxesOverTheEdge = objects.Count(entry => IsOver(entry.Object.Box, entry.Image)),
            Pictures = images.Count == 0 ? new PictureSizes(0, 0, 0, 0) : new PictureSizes(
                images.Min(image => image.Width),
                images.Max(image => image.Width),
                images.Min(image => image.Height),
                images.Max(image => image.Height)),
            Classes =
            [
                .. dataset.Categories.Select((category, index) => new ClassFigures(
                    category.Id,
                    category.Name,
                    byClass[category.Id].Count(),
                    byClass[category.Id].Select(entry => entry.Image.Id).Distinct().Count(),
                    ClassColors.Text(index))),
            ],
            Remarks = dataset.Remarks,
            Skipped = bad,
        };
    }

    private IReadOnlyList<CocoAnnotation> ObjectsOf(CocoImage image) => dataset.AnnotationsOf(dataset.ImageIndexOf(image.Id));

    private static bool IsOver(CocoBox box, CocoImage image) =>
        box.X < -1 || box.Y < -1 || box.X + box.Width > image.Width + 1 || box.Y + box.Height > image.Height + 1;
}
