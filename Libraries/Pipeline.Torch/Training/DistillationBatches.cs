using QatPipeline.Contracts;
using QatPipeline.Coco.Images;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Torch.Detectors;
using QatPipeline.Torch;
using QatPipeline.Torch.Distillation;

namespace QatPipeline.Pipeline.Torch.Training;

/// <summary>
/// Letterboxed training images in an order that depends on seed and epoch only, every second epoch mirrored: distillation needs no
/// labels, so a mirrored picture costs nothing and doubles what the student sees.
/// </summary>
internal sealed class DistillationBatches(IImageSource source, RunSpecification specification, IReadOnlyList<IndexedImage> images, EvaluationProtocol protocol)
    : ITrainingBatches
{
    private readonly int _batchSize = Math.Min(specification.Qat!.Batch, images.Count);

    /// <summary>A last, smaller batch is left out: batch statistics of a few images are poor.</summary>
    public int StepsPerEpoch => images.Count / _batchSize;

    public async Task<TrainingBatch> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
    {
        var order = EpochOrder.Of(images.Count, specification.Seed, epoch);
        var wanted = order.AsSpan(step * _batchSize, _batchSize).ToArray().Select(position => images[position]).ToArray();
        await foreach (var batch in source.ReadAsync(specification, DatasetSplit.Training, wanted, protocol, wanted.Length, cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                var pixels = batch.Pixels.ToArray();
                if (epoch % 2 == 1)
                {
                    MirrorRows(pixels, batch.Width);
                }

                return new TrainingBatch(batch.ToPixels() with { Pixels = pixels });
            }
        }

        throw new InvalidOperationException("the image source gave no batch for images it has");
    }

    private static void MirrorRows(float[] pixels, int width)
    {
        for (var row = 0; row < pixels.Length; row += width)
        {
            pixels.AsSpan(row, width).Reverse();
        }
    }
}
