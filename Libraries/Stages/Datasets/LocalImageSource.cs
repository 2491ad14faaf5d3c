using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Stages.Datasets;

/// <summary>Reads images from this machine's files.</summary>
/// <param name="roots">The folders that they must lie in; null for all.</param>
public sealed class LocalImageSource(DataRoots? roots = null) : IImageSource
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
            image => new CocoImage(image.Id, DatasetLocator.PathOf(specification, split, image, roots), image.Width, image.Height));

        return new ImageLoader([.. files], protocol, new ImageLoaderOptions { BatchSize = batchSize }).ReadAsync(cancellationToken);
    }
}
