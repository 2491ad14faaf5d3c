using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using QatPipeline.Coco;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.DatasetLoading.Batches;

/// <summary>Streams letterboxed images; each write waits until the reader has room.</summary>
internal sealed class BatchService(IImageSource images, DataRoots roots) : Contracts.V1.Grpc.DatasetLoading.DatasetLoadingBase
{
    /// <summary>A request may list every picture of a large data set, at about 150 bytes each.</summary>
    public const int LargestRequest = 64 << 20;

    private const int LargestBatch = 1024;
    private const int LargestInput = 4096;

    /// <summary>
    /// Bytes of pixels in a message: large enough that its framing costs nothing, and below the 4 MiB that clients accept by default.
    /// </summary>
    public const int ChunkBytes = 2 << 20;

    public override async Task ReadBatches(
        ReadBatchesRequest request, IServerStreamWriter<BatchPart> responseStream, ServerCallContext context)
    {
        var (specification, split, protocol) = Parse(request);
        var wanted = request.Images.Select(image => ToIndexed(image, specification, split)).ToArray();
        IAsyncEnumerable<ImageBatch> batches;
        try
        {
            batches = images.ReadAsync(specification, split, wanted, protocol, request.BatchSize, context.CancellationToken);
        }
        catch (InputException exception)
        {
            throw Invalid(exception.Message);
        }

        var positions = wanted.Index().GroupBy(entry => entry.Item.Id).ToDictionary(
            group => group.Key, group => new Queue<int>(group.Select(entry => entry.Index)));
        try
        {
            await foreach (var batch in batches)
            {
                using (batch)
                {
                    await responseStream.WriteAsync(new BatchPart { Header = Header(batch, positions) }, context.CancellationToken);
                    await WriteAsync(batch, request.Levels, responseStream, context.CancellationToken);
                }
            }
        }
        catch (CocoException exception)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, exception.Message));
        }
    }

    private (RunSpecification Specification, DatasetSplit Split, EvaluationProtocol Protocol) Parse(ReadBatchesRequest request)
    {
        try
        {
            var protocol = request.Protocol ?? throw Invalid("protocol is missing.");
            if (request.BatchSize is < 1 or > LargestBatch
                || protocol.InputSize is < 32 or > LargestInput
                || protocol.LoadSize is < 0 or > LargestInput
                || protocol.Height < 0 || protocol.Height > protocol.InputSize
                || protocol.Width < 0 || protocol.Width > protocol.InputSize
                || !Enum.IsDefined(protocol.Placement))
            {
                throw Invalid(
                    $"batch_size must be 1 to {LargestBatch}, protocol.input_size 32 to {LargestInput}, protocol.load_size 0 to {LargestInput}, "
                    + "protocol.height and protocol.width 0 to protocol.input_size, protocol.placement one of its names.");
            }

            if ((long)request.BatchSize * protocol.InputSize * protocol.InputSize > Limits.Pixels.Value)
            {
                throw Invalid($"a batch of {request.BatchSize} inputs of {protocol.InputSize}×{protocol.InputSize} is too large; {Limits.Pixels}.");
            }

            var split = request.Split switch
            {
                Split.Calibration => DatasetSplit.Calibration,
                Split.Training => DatasetSplit.Training,
                Split.Validation => DatasetSplit.Validation,
                _ => throw Invalid("split is missing."),
            };
            var specification = JsonSerializer.Deserialize<RunSpecification>(request.SpecificationJson, PipelineJson.Strict)!;
            SpecificationRules.Check(specification, "specification_json", roots);
            var named = EvaluationProtocol.Named(protocol.Name, protocol.InputSize, protocol.LoadSize);
            return (specification, split, named with
            {
                Height = protocol.Height > 0 ? protocol.Height : named.Height,
                Width = protocol.Width > 0 ? protocol.Width : named.Width,
                Placement = (Detectors.Preprocessing.Placement)protocol.Placement,
            });
        }
        catch (JsonException exception)
        {
            throw Invalid($"specification_json: not valid JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is ArgumentException or SpecificationException)
        {
            throw Invalid(exception.Message);
        }
    }

    // The image source sees to it that names and links stay in their folders.
    private static IndexedImage ToIndexed(ImageRef image, RunSpecification specification, DatasetSplit split)
    {
        var indexed = new IndexedImage(image.Set, image.Id, image.File, image.Width, image.Height, image.Sha256);
        return image.Set >= 0 && image.Set < SetsOf(specification, split) && image is { Width: > 0, Height: > 0 }
            ? indexed
            : throw Invalid($"'{image.File}' of data set {image.Set} is not a picture of the split.");
    }

    private static int SetsOf(RunSpecification specification, DatasetSplit split) => split switch
    {
        DatasetSplit.Calibration => specification.Data.Calibration.Count,
        DatasetSplit.Training => specification.Data.Training.Count,
        _ => specification.Data.Validation.Count,
    };

    private static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));

    private static BatchHeader Header(ImageBatch batch, Dictionary<long, Queue<int>> positions)
    {
        var header = new BatchHeader { Height = batch.Height, Width = batch.Width };
        header.Images.AddRange(batch.Images.Zip(batch.Transforms, (image, placed) => new PlacedImage
        {
            Index = positions[image.Id].Dequeue(),
            ResizedWidth = placed.ResizedWidth,
            ResizedHeight = placed.ResizedHeight,
            Left = placed.Left,
            Top = placed.Top,
            PadX = placed.PadX,
            PadY = placed.PadY,
            GainX = placed.GainX,
            GainY = placed.GainY,
        }));
        return header;
    }

    private static async Task WriteAsync(
        ImageBatch batch, bool asLevels, IServerStreamWriter<BatchPart> responseStream, CancellationToken cancellationToken)
    {
        var content = asLevels ? batch.Levels : MemoryMarshal.AsBytes(batch.Pixels.Span).ToArray();
        for (var offset = 0; offset < content.Length; offset += ChunkBytes)
        {
            // Not a copy: a write has passed its bytes on when it completes.
            var chunk = UnsafeByteOperations.UnsafeWrap(content.Slice(offset, Math.Min(ChunkBytes, content.Length - offset)));
            await responseStream.WriteAsync(
                asLevels ? new BatchPart { Levels = chunk } : new BatchPart { Pixels = chunk }, cancellationToken);
        }
    }
}
