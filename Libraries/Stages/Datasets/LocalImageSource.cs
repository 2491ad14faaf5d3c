using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Stages.Datasets;

/// <summary>Reads images from this machine's files.</summary>
public sealed class LocalImageSource : IImageSource
{
    /// <inheritdoc/>
    public IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        CancellationToken cancellationToken)
    {
        var files = images.Select(
            image => new CocoImage(image.Id, DatasetLocator.PathOf(specification, split, image), image.Width, image.Height));

        return new ImageLoader([.. files], protocol, new ImageLoaderOptions { BatchSize = batchSize }).ReadAsync(cancellationToken);
    }
}
