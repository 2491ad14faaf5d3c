using System.Buffers;
using QatPipeline.Coco.Data;
using QatPipeline.Foundation.Concurrency;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Size and order of training batches.</summary>
public sealed record TrainingLoaderOptions
{
    /// <summary>Side of the network's input in pixels.</summary>
    public int Size { get; init; } = 640;

    /// <summary>Images per batch, at least 1.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Into how many shares each batch is divided, of which one is made. A last, smaller batch is as large as all can have as many images of.
    /// </summary>
    public int Shares { get; init; } = 1;

    /// <summary>Which share, 0-based.</summary>
    public int Share { get; init; }

    /// <summary>Determines order and augmentation together with epoch and image.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is done to the images; every part can be switched off.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Images made at a time; 0 takes one per processor.</summary>
    public int Workers { get; init; }

    /// <summary>Batches made ahead of the reader: the bound on memory.</summary>
    public int Prefetch { get; init; } = 2;
}

/// <summary>
/// Shuffled, augmented batches, made in parallel ahead of the reader in bounded memory. A batch depends on (seed, epoch, position)
/// only: reading from any batch of any epoch on gives what an uninterrupted run would have given.
/// </summary>
public sealed class TrainingLoader(IReadOnlyList<TrainingImage> images, TrainingLoaderOptions options)
{
    private readonly TrainingSampler _sampler = new(images, options.Size, options.Augmentation);

    /// <summary>Batches of an epoch; the last may be smaller.</summary>
    public int BatchCount => (images.Count / options.BatchSize) + (images.Count % options.BatchSize >= options.Shares ? 1 : 0);

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">The batch to begin with, to resume within an epoch.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="CocoException">An image cannot be read.</exception>
    public IAsyncEnumerable<TrainingBatch> ReadAsync(int epoch, int firstBatch = 0, CancellationToken cancellationToken = default)
    {
        var order = Enumerable.Range(0, images.Count).ToArray();

        // Index −1 belongs to no image.
        SeededRandom.For(options.Seed, epoch, -1).Shuffle(order);
        return OrderedPrefetch.ReadAsync(
            order.Chunk(options.BatchSize).Take(BatchCount).Skip(firstBatch).Select(ShareOf),
            (chunk, stop) => Make(epoch, chunk, stop),
            options.Prefetch,
            cancellationToken);
    }

    private int[] ShareOf(int[] batch)
    {
        var length = batch.Length / options.Shares;
        return batch[(options.Share * length)..((options.Share + 1) * length)];
    }

    private TrainingBatch Make(int epoch, int[] chunk, CancellationToken cancellationToken)
    {
        var length = 3 * options.Size * options.Size;
        var buffer = ArrayPool<float>.Shared.Rent(chunk.Length * length);
        var labels = new IReadOnlyList<YoloLabel>[chunk.Length];
        try
        {
            ParallelWork.For(
                chunk.Length,
                options.Workers,
                position => labels[position] = _sampler.Write(
                    chunk[position], SeededRandom.For(options.Seed, epoch, chunk[position]), buffer.AsSpan(position * length, length)),
                cancellationToken);
        }
        catch
        {
            ArrayPool<float>.Shared.Return(buffer);
            throw;
        }

        var rows = labels.SelectMany((list, position) => list.Select(label =>
            new TrainingLabel(position, label.Class, label.CenterX, label.CenterY, label.W, label.H)));
        return new TrainingBatch(buffer, chunk.Length, options.Size, [.. rows]);
    }
}
