using System.Buffers;
using System.Collections.Concurrent;
using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Foundation.Concurrency;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>What happens when an image is missing or corrupt.</summary>
public enum BadImagePolicy
{
    /// <summary>Report it and go on without it.</summary>
    Skip,

    /// <summary>End with an error that names it.</summary>
    Fail,
}

/// <summary>Batch size and parallelism of a loader.</summary>
public sealed record ImageLoaderOptions
{
    /// <summary>Images a batch, at least 1.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Images decoded at a time; 0 takes one per processor.</summary>
    public int Workers { get; init; }

    /// <summary>Batches decoded ahead of the reader: the bound on memory.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>A missing or corrupt image is reported and left out, unless told otherwise.</summary>
    public BadImagePolicy OnBadImage { get; init; } = BadImagePolicy.Skip;
}

/// <summary>
/// Decodes and letterboxes a list of images in parallel, ahead of the reader, in bounded memory. Batches and their content do not
/// depend on timing: a bad image shortens its own batch only.
/// </summary>
public sealed class ImageLoader(IReadOnlyList<CocoImage> images, EvaluationProtocol protocol, ImageLoaderOptions options)
{
    private readonly ConcurrentQueue<BadImage> _badImages = new();

    /// <summary>Images skipped so far.</summary>
    public IReadOnlyCollection<BadImage> BadImages => _badImages;

    /// <summary>Batches of a whole reading, counted before bad images are known.</summary>
    public int BatchCount => (images.Count + options.BatchSize - 1) / options.BatchSize;

    /// <exception cref="CocoException">An image cannot be read and the policy is to fail.</exception>
    public IAsyncEnumerable<ImageBatch> ReadAsync(CancellationToken cancellationToken = default)
    {
        // Rectangular batches hold images of similar shape (reference 8.4); the sort is stable, so equal ratios keep the list's order.
        var ordered = protocol.IsRectangular ? [.. images.OrderBy(image => (double)image.Height / image.Width)] : images;
        return OrderedPrefetch.ReadAsync(ordered.Chunk(options.BatchSize), Load, options.Prefetch, cancellationToken);
    }

    private ImageBatch? Load(CocoImage[] chunk, CancellationToken cancellationToken)
    {
        var canvas = protocol.CanvasFor([.. chunk.Select(image => (double)image.Height / image.Width)]);
        var length = 3 * canvas.Height * canvas.Width;
        var buffer = ArrayPool<float>.Shared.Rent(chunk.Length * length);
        var transforms = new LetterboxTransform?[chunk.Length];
        try
        {
            ParallelWork.For(chunk.Length, options.Workers, LoadOne, cancellationToken);
        }
        catch
        {
            ArrayPool<float>.Shared.Return(buffer);
            throw;
        }

        return Compact(chunk, canvas, length, buffer, transforms);

        void LoadOne(int index)
        {
            try
            {
                transforms[index] = Letterbox.Read(chunk[index], protocol, canvas, buffer.AsSpan(index * length, length));
            }
            catch (CocoException exception) when (options.OnBadImage == BadImagePolicy.Skip)
            {
                _badImages.Enqueue(new BadImage(chunk[index], exception.Message));
            }
        }
    }

    /// <summary>Closes the gaps that bad images left; null where nothing is left.</summary>
    private static ImageBatch? Compact(
        CocoImage[] chunk, (int Height, int Width) canvas, int length, float[] buffer, LetterboxTransform?[] transforms)
    {
        var kept = Enumerable.Range(0, chunk.Length).Where(index => transforms[index] is not null).ToArray();
        if (kept.Length == 0)
        {
            ArrayPool<float>.Shared.Return(buffer);
            return null;
        }

        for (var index = 0; index < kept.Length; index++)
        {
            if (kept[index] != index)
            {
                buffer.AsSpan(kept[index] * length, length).CopyTo(buffer.AsSpan(index * length));
            }
        }

        return new ImageBatch(
            buffer, [.. kept.Select(index => chunk[index])], [.. kept.Select(index => transforms[index]!)], canvas.Height, canvas.Width);
    }
}
