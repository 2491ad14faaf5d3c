using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Runs.Specification;
using QatPipeline.Synthetic;

namespace QatPipeline.Stages.Datasets;

/// <summary>Opens the data sets a specification names, on this machine.</summary>
public static class DatasetLocator
{
    private const string Source = "the run's specification";

    /// <summary>The data sets of a split, in the order of the specification.</summary>
    /// <param name="specification">The run's.</param>
    /// <param name="split">Which.</param>
    /// <param name="onBadImage">Receives the images of label folders that are left out with theirs; null: they are fatal.</param>
    /// <param name="roots">The folders that pictures and labels must lie in; null for all.</param>
    /// <exception cref="CocoException">A data set cannot be read or is empty.</exception>
    /// <exception cref="SpecificationException">A link leads out of the roots.</exception>
    public static IReadOnlyList<CocoDataset> Open(
        RunSpecification specification, DatasetSplit split, Action<BadImage>? onBadImage = null, DataRoots? roots = null) =>
        OpenAll(SpecificationsOf(specification, split), new LabelFolderOptions
        {
            ClassNames = specification.Data.Classes,
            Subset = split == DatasetSplit.Validation ? DataSubset.Val : DataSubset.Train,
            OnBadImage = onBadImage,
        }, (key, path) => roots?.Require(Source, $"data.{NameOf(split)}{key}", path));

    /// <summary>The file of an indexed picture on this machine.</summary>
    /// <param name="specification">The run's.</param>
    /// <param name="split">Which images.</param>
    /// <param name="image">One of them.</param>
    /// <param name="roots">The folders that it must lie in; null for all.</param>
    /// <exception cref="CocoException">The picture's name leads out of its folder.</exception>
    /// <exception cref="SpecificationException">A link leads out of the roots.</exception>
    public static string PathOf(RunSpecification specification, DatasetSplit split, IndexedImage image, DataRoots? roots = null)
    {
        var dataset = SpecificationsOf(specification, split)[image.Set];
        var key = $"data.{NameOf(split)}[{image.Set}].{(dataset.Images is null ? LabelKeyOf(dataset) : "images")}";
        var path = CocoDataset.FileIn(
            dataset.Synthetic is { } generated ? PicturesOf(generated)
                : dataset.Images ?? CocoDataset.FolderOf((dataset.Yolo ?? dataset.Voc)!),
            image.File,
            $"image {image.Id} of {key}");
        if (dataset.Synthetic is null)
        {
            roots?.Require(Source, key, path);
        }

        return path;
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

    private static string NameOf(DatasetSplit split) => split switch
    {
        DatasetSplit.Calibration => "calibration",
        DatasetSplit.Training => "training",
        _ => "validation",
    };

    private static string LabelKeyOf(DatasetSpecification specification) => specification.Voc is null ? "yolo" : "voc";

    // Pictures of label folders have no ids of their own: they take what the data sets beside them leave.
    private static CocoDataset[] OpenAll(
        IReadOnlyList<DatasetSpecification> specifications, LabelFolderOptions options, Action<string, string> require)
    {
        var sets = new CocoDataset[specifications.Count];
        var taken = new HashSet<long>();
        foreach (var (set, specification) in specifications.Index().OrderBy(entry => entry.Item is { Yolo: null, Voc: null } ? 0 : 1))
        {
            sets[set] = Open(specification, options with
            {
                TakenIds = taken,
                OnOpen = path => require($"[{set}].{LabelKeyOf(specification)}", path),
            });
            taken.UnionWith(sets[set].Images.Select(image => image.Id));
        }

        return sets;
    }

    private static CocoDataset Open(DatasetSpecification specification, LabelFolderOptions options)
    {
        var dataset = specification switch
        {
            { Annotations: { } annotations, Images: { } images } => CocoDataset.Read(annotations, images),
            { Yolo: { } folder } => CocoDataset.ReadYolo(folder, options),
            { Voc: { } folder } => CocoDataset.ReadVoc(folder, options),
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
