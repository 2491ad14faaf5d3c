using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;

namespace QatPipeline.Stages.Datasets;

/// <summary>
/// Images of another source, which reads each of them once: a run passes over the same pictures a dozen times. Those that come when
/// <see cref="Limits.KeptBytes"/> is reached are read anew each time.
/// </summary>
/// <param name="source">Reads what is not kept.</param>
public sealed class KeptImageSource(IImageSource source) : IImageSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Picture> _pictures = [];
    private long _bytes;
    private string _data = "";

    /// <inheritdoc/>
    public IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        CancellationToken cancellationToken)
    {
        // A rectangular canvas depends on the batch.
        if (protocol.IsRectangular)
        {
            return source.ReadAsync(specification, split, images, protocol, batchSize, cancellationToken);
        }

        var known = Find(specification, split, images, protocol);
        IReadOnlyList<IndexedImage> missing = [.. images.Where((_, index) => known[index] is null)];
        var read = source.ReadAsync(specification, split, missing, protocol, batchSize, cancellationToken);
        return missing.Count == images.Count && IsFull ? read : MergeAsync(read, split, images, known, protocol, batchSize, cancellationToken);
    }

    private bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _bytes >= Limits.KeptBytes.Value;
            }
        }
    }

    private async IAsyncEnumerable<ImageBatch> MergeAsync(
        IAsyncEnumerable<ImageBatch> missing,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        Picture?[] known,
        EvaluationProtocol protocol,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (height, width) = protocol.CanvasFor([]);
        var length = 3 * height * width;
        await using var reader = new PictureReader(missing.GetAsyncEnumerator(cancellationToken), length);
        for (var start = 0; start < images.Count; start += batchSize)
        {
            var count = Math.Min(batchSize, images.Count - start);
            var pictures = new Picture[count];
            for (var index = 0; index < count; index++)
            {
                pictures[index] = known[start + index]
                    ?? Keep(new Key(split, images[start + index], protocol), await reader.NextAsync());
            }

            var levels = ArrayPool<byte>.Shared.Rent(count * length);
            foreach (var (index, picture) in pictures.Index())
            {
                picture.Levels.CopyTo(levels, index * length);
            }

            yield return new ImageBatch(
                levels, [.. pictures.Select(picture => picture.Image)], [.. pictures.Select(picture => picture.Transform)], height, width);
        }
    }

    private Picture?[] Find(
        RunSpecification specification, DatasetSplit split, IReadOnlyList<IndexedImage> images, EvaluationProtocol protocol)
    {
        var data = JsonSerializer.Serialize(specification.Data, PipelineJson.Compact);
        lock (_lock)
        {
            if (data != _data)
            {
                _pictures.Clear();
                (_bytes, _data) = (0, data);
            }

            return [.. images.Select(image => _pictures.GetValueOrDefault(new Key(split, image, protocol)))];
        }
    }

    // First come, first kept: of a pass over more pictures than there is room for, the last ones would be gone when the next pass wants them.
    private Picture Keep(Key key, Picture picture)
    {
        lock (_lock)
        {
            if (_bytes + picture.Levels.Length <= Limits.KeptBytes.Value && _pictures.TryAdd(key, picture))
            {
                _bytes += picture.Levels.Length;
            }

            return picture;
        }
    }

    private readonly record struct Key(DatasetSplit Split, IndexedImage Image, EvaluationProtocol Protocol);

    private sealed record Picture(CocoImage Image, LetterboxTransform Transform, byte[] Levels);

    /// <summary>The pictures of a source one by one.</summary>
    private sealed class PictureReader(IAsyncEnumerator<ImageBatch> batches, int length) : IAsyncDisposable
    {
        private ImageBatch? _batch;
        private int _next;

        public async Task<Picture> NextAsync()
        {
            if (_batch is null || _next == _batch.Count)
            {
                _batch?.Dispose();
                (_batch, _next) = (null, 0);
                _batch = await batches.MoveNextAsync()
                    ? batches.Current
                    : throw new InvalidDataException("The image source has given fewer pictures than it was asked for.");
            }

            var index = _next++;
            return new Picture(
                _batch.Images[index], _batch.Transforms[index], _batch.Levels.Slice(index * length, length).ToArray());
        }

        public ValueTask DisposeAsync()
        {
            _batch?.Dispose();
            return batches.DisposeAsync();
        }
    }
}
