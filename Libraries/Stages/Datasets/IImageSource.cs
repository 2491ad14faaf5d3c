using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Stages.Datasets;

/// <summary>Gives the letterboxed images of a run's splits, from this machine's files or from the service that has them.</summary>
public interface IImageSource
{
    /// <summary>The images in the index's order, in batches; the caller disposes each batch.</summary>
    /// <param name="specification">The run's, which says where the images are.</param>
    /// <param name="split">Which images.</param>
    /// <param name="images">The images wanted, of that split.</param>
    /// <param name="protocol">How pictures become network inputs.</param>
    /// <param name="batchSize">Images per batch.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        CancellationToken cancellationToken);
}
