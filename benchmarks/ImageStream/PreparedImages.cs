using System.Buffers;
using System.Runtime.CompilerServices;
using QatPipeline.Coco.Data;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Benchmarks.ImageStream;

/// <summary>Batches as decoding would give them, at once: what is measured is the way to the reader.</summary>
internal sealed class PreparedImages : IImageSource
{
    public async IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var side = protocol.InputSize;
        foreach (var chunk in images.Chunk(batchSize))
        {
            yield return new ImageBatch(
                ArrayPool<byte>.Shared.Rent(chunk.Length * 3 * side * side),
                [.. chunk.Select(image => new CocoImage(image.Id, image.File, image.Width, image.Height))],
                [.. chunk.Select(_ => new LetterboxTransform(side, side, side, side, 0, 0, 0, 0, 1, 1))],
                side,
                side);
            await Task.Yield();
        }
    }
}
