using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Augmentation;

/// <summary>An image with its objects as normalised boxes.</summary>
public sealed record TrainingImage(CocoImage File, IReadOnlyList<YoloLabel> Labels)
{
    /// <summary>A data set's images with their objects: crowds and repeated boxes left out, boxes clipped to the image.</summary>
    /// <exception cref="CocoException">An image's size is not stated.</exception>
    public static IReadOnlyList<TrainingImage> Of(CocoDataset dataset) =>
        [.. dataset.FilesIn(dataset.ImageFolder).Select((file, index) => new TrainingImage(file, LabelsOf(dataset, index)))];

    private static IReadOnlyList<YoloLabel> LabelsOf(CocoDataset dataset, int imageIndex)
    {
        var image = dataset.Images[imageIndex];
        var objects = dataset.AnnotationsOf(imageIndex).Where(annotation => !annotation.IsCrowd).ToList();
        if (objects.Count > 0 && (image.Width == 0 || image.Height == 0))
        {
            throw new CocoException(
                $"{dataset.Source}: image {image.Id} has no 'width' and 'height', which its boxes are measured against.");
        }

        return
        [
            .. objects
                .Select(item => new PixelBox(
                    dataset.CategoryIndexOf(item.CategoryId),
                    item.Box.X,
                    item.Box.Y,
                    item.Box.X + item.Box.Width,
                    item.Box.Y + item.Box.Height))
                .Select(box => box.Clip(image.Width, image.Height))
                .Where(box => box is { Width: > 0, Height: > 0 })
                .Select(box => box.Normalise(image.Width, image.Height))
                .Distinct(),
        ];
    }
}
