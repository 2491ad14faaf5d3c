using System.Buffers;
using QatPipeline.Foundation.Concurrency;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>Batch size and parallelism of a loader.</summary>
public sealed record ImageLoaderOptions
{
    /// <summary>Images per batch, at least 1.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Images decoded at a time; 0 takes one per processor.</summary>
    public int Workers { get; init; }

    /// <summary>Batches decoded ahead of the reader: the bound on memory.</summary>
    public int Prefetch { get; init; } = 2;
}

/// <summary>
/// Decodes and letterboxes a list of images in parallel, ahead of the reader, in bounded memory. Batches and their content do not
/// depend on timing.
/// </summary>
public sealed class ImageLoader(IReadOnlyList<CocoImage> images, EvaluationProtocol protocol, ImageLoaderOptions options)
{
    /// <summary>The images in batches; each is disposed by the reader.</summary>
    /// <exception cref="CocoException">An image cannot be read.</exception>
    public IAsyncEnumerable<ImageBatch> ReadAsync(CancellationToken cancellationToken = default)
    {
        // Rectangular batches hold images of similar shape (reference 8.4); the sort is stable, so equal ratios keep the list's order.
        var ordered = protocol.IsRectangular ? [.. images.OrderBy(image => (double)image.Height / image.Width)] : images;
        return OrderedPrefetch.ReadAsync(ordered.Chunk(options.BatchSize), Load, options.Prefetch, cancellationToken);
    }

    private ImageBatch Load(CocoImage[] chunk, CancellationToken cancellationToken)
    {
        var canvas = protocol.CanvasFor([.. chunk.Select(image => (double)image.Height / image.Width)]);
        var length = 3 * canvas.Height * canvas.Width;
        var buffer = ArrayPool<byte>.Shared.Rent(chunk.Length * length);
        var transforms = new LetterboxTransform[chunk.Length];
        try
        {
            ParallelWork.For(
                chunk.Length,
                options.Workers,
                index => transforms[index] = Letterbox.Read(chunk[index], protocol, canvas, buffer.AsSpan(index * length, length)),
                cancellationToken);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return new ImageBatch(buffer, chunk, transforms, canvas.Height, canvas.Width);
    }
}
