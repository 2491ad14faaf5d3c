using QatPipeline.Coco;
using QatPipeline.Coco.Augmentation;
using QatPipeline.Coco.Data;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>
/// The training images with their objects, for networks that learn from labels. The pictures are read from this machine's files.
/// </summary>
internal static class LabelledImages
{
    /// <param name="context">A stage that has <see cref="ArtifactNames.TrainingAnnotations"/> among its inputs.</param>
    /// <param name="index">The run's images.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CocoException">The annotations do not fit the images.</exception>
    public static async Task<IReadOnlyList<TrainingImage>> ReadAsync(
        IStageContext context, DatasetIndex index, CancellationToken cancellationToken)
    {
        var truth = await ReadTruthAsync(context, cancellationToken);
        var files = index.Training.ToDictionary(
            image => image.Id, image => DatasetLocator.PathOf(context.Specification, DatasetSplit.Training, image));
        return TrainingImage.Of(new CocoDataset(
            truth.Source,
            "",
            [.. truth.Images.Select(image => image with { FileName = files[image.Id] })],
            truth.Annotations,
            truth.Categories));
    }

    /// <summary>The labels alone, for images that come from elsewhere.</summary>
    /// <param name="context">A stage that has <see cref="ArtifactNames.TrainingAnnotations"/> among its inputs.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<CocoDataset> ReadTruthAsync(IStageContext context, CancellationToken cancellationToken) =>
        CocoDataset.Read(await context.OpenInputAsync(ArtifactNames.TrainingAnnotations, cancellationToken), "");
}
