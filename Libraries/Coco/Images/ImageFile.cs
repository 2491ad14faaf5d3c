using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Images;

/// <summary>An image to load: its id and size in the data set, and where it is.</summary>
public sealed record ImageFile(long Id, string Path, int Width, int Height)
{
    /// <summary>The images of a data set in a folder, in the data set's order.</summary>
    public static IReadOnlyList<ImageFile> Of(CocoDataset dataset, string folder) =>
        [.. dataset.Images.Select(
            image => new ImageFile(image.Id, System.IO.Path.Combine(folder, image.FileName), image.Width, image.Height))];
}
