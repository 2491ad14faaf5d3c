using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>
/// Letterboxed training images in an order that depends on seed and epoch only, every second epoch mirrored: a mirrored picture costs
/// nothing and doubles what the student sees.
/// </summary>
/// <param name="source">Gives the pixels.</param>
/// <param name="specification">The run's.</param>
/// <param name="images">The training images.</param>
/// <param name="protocol">How pictures become network inputs.</param>
/// <param name="ranks">Those that share each batch; this one reads its share alone.</param>
/// <param name="truth">Their labels, for a task loss; null where distillation is all.</param>
internal sealed class DistillationBatches(
    IImageSource source,
    RunSpecification specification,
    IReadOnlyList<IndexedImage> images,
    EvaluationProtocol protocol,
    ICollective ranks,
    CocoDataset? truth = null) : ITrainingBatches
{
    private readonly int _batchSize = Math.Min(specification.Qat!.Batch, images.Count);

    /// <summary>A last, smaller batch is left out: batch statistics of a few images are poor.</summary>
    public int StepsPerEpoch => images.Count / _batchSize;

    public async Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
    {
        var order = EpochOrder.Of(images.Count, specification.Seed, epoch);
        var wanted = ranks.ShareOf<int>(order.AsSpan(step * _batchSize, _batchSize)).ToArray().Select(position => images[position]).ToArray();
        using var batch = await source
            .ReadAsync(specification, DatasetSplit.Training, wanted, protocol, wanted.Length, cancellationToken)
            .FirstAsync(cancellationToken);
        var pixels = batch.Pixels.ToArray();
        var isMirrored = epoch % 2 == 1;
        if (isMirrored)
        {
            MirrorRows(pixels, batch.Width);
        }

        return new TrainingInput(
            batch.ToPixels() with { Pixels = pixels }, truth is null ? null : LabelsOf(truth, batch, isMirrored));
    }

    private static DetectionLabels LabelsOf(CocoDataset truth, ImageBatch batch, bool isMirrored) => new(
    [
        .. batch.Images.Zip(batch.Transforms, IReadOnlyList<TargetBox> (image, placed) =>
        [
            .. truth.AnnotationsOf(truth.ImageIndexOf(image.Id)).Where(annotation => !annotation.IsCrowd).Select(annotation =>
            {
                var box = annotation.Box;
                var (x1, y1, x2, y2) = placed.ToCanvas(box.X, box.Y, box.X + box.Width, box.Y + box.Height);
                var (left, right) = isMirrored ? (batch.Width - x2, batch.Width - x1) : (x1, x2);
                return new TargetBox(truth.CategoryIndexOf(annotation.CategoryId), (float)left, (float)y1, (float)right, (float)y2);
            }),
        ]),
    ]);

    private static void MirrorRows(float[] pixels, int width)
    {
        for (var row = 0; row < pixels.Length; row += width)
        {
            pixels.AsSpan(row, width).Reverse();
        }
    }
}
