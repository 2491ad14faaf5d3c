using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.ClientFactory;
using QatPipeline.Coco.Data;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Messaging.Images;

/// <summary>Images from the service that has them, as ranges of the list that its replicas decode side by side.</summary>
internal sealed class GrpcImageSource(GrpcClientFactory clients) : IImageSource
{
    /// <summary>The least of a range: what a request costs must not show.</summary>
    private const int BatchesPerRange = 8;

    private const int ImagesPerRange = 64;

    /// <summary>
    /// The clients' names, one for each range under way. Each has a connection of its own, as what stands before the replicas of the
    /// service distributes connections, not the calls in them.
    /// </summary>
    internal static IReadOnlyList<string> Connections { get; } = ["images-1", "images-2", "images-3", "images-4"];

    public async IAsyncEnumerable<ImageBatch> ReadAsync(
        RunSpecification specification,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        EvaluationProtocol protocol,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Rectangular batches are formed over the whole list; square ones do not depend on where it is cut.
        var range = protocol.IsRectangular ? Math.Max(images.Count, 1) : batchSize * Math.Max(BatchesPerRange, ImagesPerRange / batchSize);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calls = Connections.Select(clients.CreateClient<BatchCalls>).ToArray();
        var streams = new Queue<BatchStream>();
        try
        {
            foreach (var (position, chunk) in images.Chunk(range).Index())
            {
                streams.Enqueue(
                    new BatchStream(
                        calls[position % calls.Length], Request(specification, split, chunk, protocol, batchSize), chunk, stop.Token));
                while (streams.Count >= calls.Length)
                {
                    await foreach (var batch in streams.Dequeue().ReadAsync(stop.Token))
                    {
                        yield return batch;
                    }
                }
            }

            while (streams.TryDequeue(out var last))
            {
                await foreach (var batch in last.ReadAsync(stop.Token))
                {
                    yield return batch;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static ReadBatchesRequest Request(
        RunSpecification specification, DatasetSplit split, IndexedImage[] images, EvaluationProtocol protocol, int batchSize)
    {
        var request = new ReadBatchesRequest
        {
            SpecificationJson = JsonSerializer.Serialize(specification, PipelineJson.Compact),
            Split = split switch
            {
                DatasetSplit.Calibration => Split.Calibration,
                DatasetSplit.Training => Split.Training,
                _ => Split.Validation,
            },
            Protocol = new Protocol
            {
                Name = protocol.Name,
                InputSize = protocol.InputSize,
                LoadSize = protocol.LoadSize,
                Height = protocol.Height,
                Width = protocol.Width,
                Placement = (Contracts.V1.Grpc.Placement)protocol.Placement,
            },
            BatchSize = batchSize,
            Levels = true,
        };
        request.Images.AddRange(images.Select(image => new ImageRef
        {
            Set = image.Set,
            Id = image.Id,
            File = image.File,
            Width = image.Width,
            Height = image.Height,
            Sha256 = image.Sha256,
        }));
        return request;
    }

    /// <summary>One range: asked for at once, read when its turn comes. The transport's window bounds what waits meanwhile.</summary>
    private sealed class BatchStream(
        BatchCalls calls, ReadBatchesRequest request, IndexedImage[] images, CancellationToken cancellationToken)
    {
        private readonly AsyncServerStreamingCall<BatchMessage> _call = calls.Read(request, cancellationToken);

        public async IAsyncEnumerable<ImageBatch> ReadAsync([EnumeratorCancellation] CancellationToken token)
        {
            using (_call)
            {
                while (await _call.ResponseStream.MoveNext(token))
                {
                    using var first = _call.ResponseStream.Current;
                    var header = first.Header
                        ?? throw new InvalidDataException("The image stream has levels where a batch should begin.");
                    yield return await ReadBatchAsync(header, token);
                }
            }
        }

        private async Task<ImageBatch> ReadBatchAsync(BatchHeader header, CancellationToken token)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(header.Images.Count * 3 * header.Height * header.Width);
            var files = header.Images.Select(placed => images[placed.Index]);
            var batch = new ImageBatch(
                buffer,
                [.. files.Select(image => new CocoImage(image.Id, image.File, image.Width, image.Height))],
                [.. header.Images.Select(placed => Transform(images[placed.Index], placed))],
                header.Height,
                header.Width);
            try
            {
                await FillAsync(batch.Levels, token);
                return batch;
            }
            catch
            {
                batch.Dispose();
                throw;
            }
        }

        private async Task FillAsync(Memory<byte> levels, CancellationToken token)
        {
            for (var filled = 0; filled < levels.Length;)
            {
                if (!await _call.ResponseStream.MoveNext(token))
                {
                    throw new InvalidDataException("The image stream ended within a batch.");
                }

                using var part = _call.ResponseStream.Current;
                if (part.Levels.IsEmpty)
                {
                    throw new InvalidDataException("The image stream has no levels: start the dataset service anew, it is of an older version.");
                }

                part.Levels.CopyTo(levels.Span[filled..]);
                filled += part.Levels.Length;
            }
        }

        private static LetterboxTransform Transform(IndexedImage image, PlacedImage placed) => new(
            image.Width, image.Height, placed.ResizedWidth, placed.ResizedHeight, placed.Left, placed.Top,
            placed.PadX, placed.PadY, placed.GainX, placed.GainY);
    }
}
