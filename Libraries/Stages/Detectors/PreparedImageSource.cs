using System.Runtime.CompilerServices;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Detectors;

/// <summary>Images of another source, brought to what a network takes.</summary>
internal sealed class PreparedImageSource(IImageSource source, InputDescription input) : IImageSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in source.ReadAsync(specification, split, images, protocol, batchSize, cancellationToken))
        {
            input.Apply(batch.Pixels.Span, batch.Height * batch.Width);
            yield return batch;
        }
    }
}
