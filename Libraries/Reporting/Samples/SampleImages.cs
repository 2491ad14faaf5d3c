using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Reporting.Samples;

/// <summary>Chooses the pictures on which float and INT8 disagree most, and reads them where this machine has them.</summary>
internal static class SampleImages
{
    /// <summary>Detections with a lower score are left out of the pictures.</summary>
    public const double MinimumScore = 0.4;

    private const double MinimumIou = 0.5;
    private const int Count = 6;

    /// <param name="context">The run.</param>
    /// <param name="engine">The variant of the INT8 engine; null where the run has none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>At most six pictures; none where the run has no detections of both networks or this machine has no pictures.</returns>
    public static async Task<IReadOnlyList<SampleImage>> ReadAsync(
        RunReportContext context, string? engine, CancellationToken cancellationToken)
    {
        if (await context.OpenArtifactAsync(ArtifactNames.DatasetIndex, cancellationToken) is not { } indexPath
            || await context.OpenArtifactAsync(ArtifactNames.FloatDetections, cancellationToken) is not { } floatPath
            || engine is null
            || await context.OpenArtifactAsync(
                TensorRtEngineName.Parse(engine)?.Detections ?? ArtifactNames.Int8EngineDetections, cancellationToken) is not { } int8Path)
        {
            return [];
        }

        var index = await DatasetIndex.ReadAsync(indexPath, cancellationToken);
        var names = index.Categories.ToDictionary(category => category.Id, category => category.Name);
        var (first, second) = (ByImage(floatPath), ByImage(int8Path));
        return [.. index.Validation
            .Select(image => (Image: image, Pair: Compare([.. first[image.Id]], [.. second[image.Id]], names)))
            .OrderByDescending(item => item.Pair.Float.Concat(item.Pair.Int8).Count(detection => !detection.HasPartner))
            .ThenBy(item => item.Image.Id)
            .Select(item => (
                item.Image,
                item.Pair,
                Jpeg: Thumbnail.Read(
                    DatasetLocator.PathOf(context.Run.Specification, DatasetSplit.Validation, item.Image),
                    item.Image.Width,
                    item.Image.Height)))
            .Where(item => item.Jpeg is not null)
            .Take(Count)
            .Select(item => new SampleImage(
                item.Image.File, item.Image.Width, item.Image.Height, item.Jpeg!, item.Pair.Float, item.Pair.Int8))];
    }

    private static ILookup<long, Detection> ByImage(string path) =>
        DetectionFile.Read(path).Where(detection => detection.Score >= MinimumScore).ToLookup(detection => detection.ImageId);

    private static (IReadOnlyList<SampleDetection> Float, IReadOnlyList<SampleDetection> Int8) Compare(
        Detection[] first, Detection[] second, Dictionary<long, string> names)
    {
        var pairs = DetectionPairs.Of(first, second, MinimumIou).ToArray();
        return (Named(first, [.. pairs.Select(pair => pair.First)]), Named(second, [.. pairs.Select(pair => pair.Second)]));

        IReadOnlyList<SampleDetection> Named(Detection[] detections, HashSet<int> paired) =>
            [.. detections.Select((detection, index) => new SampleDetection(
                detection, names.GetValueOrDefault(detection.CategoryId, "?"), paired.Contains(index)))];
    }
}
