using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Synthetic;

namespace QatPipeline.Stages.Datasets;

/// <summary>Opens the data sets a specification names, on this machine.</summary>
public static class DatasetLocator
{
    /// <summary>The data sets of a split, in the order of the specification.</summary>
    /// <param name="specification">The run's.</param>
    /// <param name="split">Which.</param>
    /// <param name="onBadImage">Receives the images of label folders that are left out as unreadable; null: they are fatal.</param>
    /// <exception cref="CocoException">A data set cannot be read or is empty.</exception>
    public static IReadOnlyList<CocoDataset> Open(
        RunSpecification specification, DatasetSplit split, Action<BadImage>? onBadImage = null) =>
        [.. SpecificationsOf(specification, split).Select(dataset => Open(dataset, onBadImage))];

    /// <summary>The file of an indexed picture on this machine.</summary>
    public static string PathOf(RunSpecification specification, DatasetSplit split, IndexedImage image)
    {
        var dataset = SpecificationsOf(specification, split)[image.Set];
        var folder = dataset.Synthetic is { } generated ? PicturesOf(generated) : dataset.Images ?? dataset.Yolo!;
        return Path.Combine(folder, image.File);
    }

    /// <summary>How many images of each data set are taken; 0 for all.</summary>
    internal static IReadOnlyList<int> LimitsOf(RunSpecification specification, DatasetSplit split) =>
        [.. SpecificationsOf(specification, split).Select(dataset => dataset.Limit)];

    private static IReadOnlyList<DatasetSpecification> SpecificationsOf(RunSpecification specification, DatasetSplit split) => split switch
    {
        DatasetSplit.Calibration => specification.Data.Calibration,
        DatasetSplit.Training => specification.Data.Training,
        _ => specification.Data.Validation,
    };

    private static CocoDataset Open(DatasetSpecification specification, Action<BadImage>? onBadImage)
    {
        var dataset = specification switch
        {
            { Annotations: { } annotations, Images: { } images } => CocoDataset.Read(annotations, images),
            { Yolo: { } folder } => CocoDataset.ReadYolo(folder, onBadImage: onBadImage),
            { Synthetic: { } generated } =>
                CocoDataset.Read(
                    Path.Combine(GeneratedDatasets.FolderOf(generated), SyntheticDetectionDataset.AnnotationFile), PicturesOf(generated)),
            _ => throw new CocoException("A data set names neither annotations nor a folder nor a synthetic set."),
        };
        return dataset.Images.Count > 0 ? dataset : throw new CocoException($"{dataset.Source}: the data set has no images.");
    }

    private static string PicturesOf(SyntheticSpecification generated) =>
        Path.Combine(GeneratedDatasets.FolderOf(generated), SyntheticDetectionDataset.ImageFolder);
}
