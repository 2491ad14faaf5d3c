using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Images;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>
/// Takes in what a run names by path: checks every picture, writes their index, the validation ground truth and the model file. From
/// here on a run refers to content, not to paths.
/// </summary>
/// <param name="roots">The folders that all of it must lie in; null for all.</param>
public sealed class DatasetStage(DataRoots? roots = null) : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Dataset;

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) => [];

    // Files named by path can change behind it: their fingerprints are part of the key.
    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Data,
        Generator = GeneratedDatasets.Version,
        Labels = HasTrainingLabels(specification),
        Fingerprints = FileFingerprint.Of(NamedFiles(specification), RequireInRoots),
    };

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        ModelFiles.Take(context);
        var reader = new SplitReader(specification, roots, context.Progress);
        var calibration = await reader.ReadAsync(DatasetSplit.Calibration, cancellationToken);
        var training = await reader.ReadAsync(DatasetSplit.Training, cancellationToken);
        var validation = await reader.ReadAsync(DatasetSplit.Validation, cancellationToken);
        var categories = RequireSameCategories([.. calibration.Sets, .. training.Sets, .. validation.Sets]);
        string[] remarks =
        [
            .. RemarksOf(DatasetSplit.Calibration, calibration.Sets),
            .. RemarksOf(DatasetSplit.Training, training.Sets),
            .. RemarksOf(DatasetSplit.Validation, validation.Sets),
        ];
        var index = new DatasetIndex
        {
            Categories = categories,
            Calibration = calibration.Images,
            Training = training.Images,
            Validation = validation.Images,
            Skipped = [.. calibration.Skipped, .. training.Skipped, .. validation.Skipped],
            Remarks = remarks.Length > 0 ? remarks : null,
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.DatasetIndex, index, cancellationToken);
        GroundTruth.Write(context.OutputPath(ArtifactNames.ValidationAnnotations), validation.Sets, index, DatasetSplit.Validation);
        GroundTruth.Write(context.OutputPath(ArtifactNames.CalibrationAnnotations), calibration.Sets, index, DatasetSplit.Calibration);
        if (HasTrainingLabels(specification))
        {
            GroundTruth.Write(context.OutputPath(ArtifactNames.TrainingAnnotations), training.Sets, index, DatasetSplit.Training);
        }
    }

    /// <summary>Whether the run's network can be trained on labels; others learn from their float selves.</summary>
    public static bool HasTrainingLabels(RunSpecification specification) =>
        specification.Model.Yolov6 is not null && specification.Data.Training.Count > 0;

    private void RequireInRoots(string path) => roots?.Require("the run's specification", "data", path);

    private IEnumerable<string> NamedFiles(RunSpecification specification) =>
        new[] { specification.Model.Onnx, specification.Model.Yolov6?.Checkpoint, specification.Model.Yolov6?.Scales }
            .Concat(specification.Model.Onnx is { } model ? WholeModel.FilesBeside(model) : [])
            .Concat(new[] { specification.Data.Calibration, specification.Data.Training, specification.Data.Validation }
                .SelectMany(sets => sets)
                .SelectMany(set => new[] { set.Annotations, set.Images, set.Voc is { } voc ? CocoDataset.FolderOf(voc) : null }
                    .Concat(set.Yolo is { } yolo ? SourcesOf(yolo) : [])))
            .OfType<string>();

    // Labels and class names may lie beside the folder that is named.
    private IEnumerable<string> SourcesOf(string yolo)
    {
        foreach (var source in CocoDataset.SourcesOfYolo(yolo))
        {
            RequireInRoots(source);
            yield return source;
        }
    }

    // Without the places, which are paths of this machine.
    private static IEnumerable<string> RemarksOf(DatasetSplit split, IEnumerable<CocoDataset> sets) =>
        sets.SelectMany(set => set.Remarks).GroupBy(remark => remark.What)
            .Select(group => $"{split}: {group.Sum(remark => remark.Count)} {group.Key}");

    private static IReadOnlyList<CocoCategory> RequireSameCategories(IReadOnlyList<CocoDataset> datasets)
    {
        var first = datasets[0];
        return datasets.FirstOrDefault(dataset => !dataset.Categories.SequenceEqual(first.Categories)) is { } other
            ? throw new CocoException(
                $"{other.Source}: its categories are not those of {first.Source}: all data sets of a run need the same. "
                + "Those of YOLO and VOC folders can be given in data.classes.")
            : first.Categories;
    }

    /// <summary>Reads the pictures of a split: sizes, digests, and whether they can be decoded.</summary>
    private sealed class SplitReader(RunSpecification specification, DataRoots? roots, IProgress<StageProgress> progress)
    {
        public async Task<(IReadOnlyList<CocoDataset> Sets, IReadOnlyList<IndexedImage> Images, IReadOnlyList<SkippedImage> Skipped)>
            ReadAsync(DatasetSplit split, CancellationToken cancellationToken)
        {
            var isSkipping = specification.Data.OnBadImage == "skip";
            var unlisted = new List<SkippedImage>();
            var sets = DatasetLocator.Open(
                specification, split, isSkipping ? bad => unlisted.Add(new SkippedImage(split, bad.File.FileName, bad.Reason)) : null, roots);
            var limits = DatasetLocator.LimitsOf(specification, split);
            var wanted = sets
                .SelectMany((set, index) => (limits[index] > 0 ? set.Images.Take(limits[index]) : set.Images)
                    .Select(image => (Set: index, Image: image)))
                .ToArray();
            var images = new IndexedImage?[wanted.Length];
            var skipped = new SkippedImage?[wanted.Length];
            var done = 0;
            await Parallel.ForAsync(0, wanted.Length, cancellationToken, (position, _) =>
            {
                var (set, image) = wanted[position];
                var path = DatasetLocator.PathOf(
                    specification, split, new IndexedImage(set, image.Id, image.FileName, image.Width, image.Height, ""), roots);
                try
                {
                    var found = ImageDecoder.Probe(path, image.Width, image.Height);
                    images[position] = new IndexedImage(set, image.Id, image.FileName, found.Width, found.Height, found.Sha256);
                }
                catch (CocoException exception) when (isSkipping)
                {
                    skipped[position] = new SkippedImage(split, image.FileName, exception.Message);
                }

                progress.Report(new StageProgress($"checking {split} images", Interlocked.Increment(ref done), wanted.Length));
                return ValueTask.CompletedTask;
            });
            IReadOnlyList<IndexedImage> readable = [.. images.OfType<IndexedImage>()];
            return readable.Count > 0 || wanted.Length == 0
                ? (sets, readable, [.. unlisted, .. skipped.OfType<SkippedImage>()])
                : throw new CocoException($"None of the {wanted.Length} {split} images can be read; the first: {skipped[0]!.Reason}.");
        }
    }
}
