using System.Buffers;
using System.Runtime.CompilerServices;
using QatPipeline.Coco.Data;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Foundation;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Tests.Datasets;

public sealed class KeptImageSourceTests
{
    private const int Size = 1024;
    private const int BatchSize = 4;

    private static readonly EvaluationProtocol Protocol = EvaluationProtocol.E2(Size);
    private static readonly IndexedImage[] Images = [.. Enumerable.Range(0, 10).Select(Image)];

    private readonly CountingSource _source = new();
    private readonly KeptImageSource _kept;

    public KeptImageSourceTests() => _kept = new KeptImageSource(_source);

    [Fact]
    public async Task Read_SecondPass_GivesTheSameWithoutTheSource()
    {
        var first = await ReadAsync(Images);
        Assert.Equal(Images.Select(image => image.Id), _source.Read);

        Assert.Equal(first, await ReadAsync(Images));
        Assert.Equal(Images.Length, _source.Read.Count);
        Assert.Equal(await ReadAsync(Images, kept: new CountingSource()), first);
    }

    [Fact]
    public async Task Read_SomeAreKnown_AsksForTheOthersAlone_AndKeepsTheOrder()
    {
        await ReadAsync([Images[7], Images[2]]);
        _source.Read.Clear();

        IndexedImage[] wanted = [Images[2], Images[1], Images[7], Images[1], Images[0]];
        Assert.Equal(await ReadAsync(wanted, kept: new CountingSource()), await ReadAsync(wanted));

        Assert.Equal([1, 1, 0], _source.Read);
    }

    [Fact]
    public async Task Read_OtherProtocolContentOrData_IsReadAnew()
    {
        await ReadAsync(Images);
        await ReadAsync([Images[0]], protocol: Protocol with { Placement = Placement.Corner });
        await ReadAsync([Images[0] with { Sha256 = "other" }]);
        await ReadAsync([Images[0]], data: "/elsewhere");
        Assert.Equal(Images.Length + 3, _source.Read.Count);
    }

    [Fact]
    public async Task Read_MoreThanThereIsRoomFor_KeepsTheFirst()
    {
        var room = (int)(Limits.KeptBytes.Value / (3L * Size * Size));
        IndexedImage[] many = [.. Enumerable.Range(0, room + 5).Select(Image)];
        await ReadAsync(many);
        _source.Read.Clear();

        await ReadAsync(many);

        Assert.Equal(many[room..].Select(image => image.Id), _source.Read);
    }

    [Fact]
    public async Task Read_Rectangular_IsLeftToTheSource()
    {
        await ReadAsync(Images, protocol: EvaluationProtocol.E1(Size));
        await ReadAsync(Images, protocol: EvaluationProtocol.E1(Size));
        Assert.Equal(2 * Images.Length, _source.Read.Count);
    }

    private static IndexedImage Image(int id) => new(0, id, $"{id}.png", 64, 48, $"{id:x64}");

    /// <summary>What is read, batch by batch: ids, the way back, the first and last level of each picture.</summary>
    private async Task<List<string>> ReadAsync(
        IReadOnlyList<IndexedImage> images, EvaluationProtocol? protocol = null, string data = "/data", IImageSource? kept = null)
    {
        var specification = new RunSpecification
        {
            Name = "kept",
            Model = new ModelSpecification(),
            Data = new DataSpecification { Calibration = [new DatasetSpecification { Images = data }] },
        };
        var seen = new List<string>();
        await foreach (var batch in (kept ?? _kept).ReadAsync(
            specification, DatasetSplit.Calibration, images, protocol ?? Protocol, BatchSize, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                var length = 3 * batch.Height * batch.Width;
                seen.AddRange(batch.Images.Select((image, index) =>
                    $"{batch.Count} {image.Id} {batch.Transforms[index].PadX} {batch.Levels.Span[index * length]} {batch.Levels.Span[((index + 1) * length) - 1]}"));
            }
        }

        return seen;
    }

    /// <summary>Pictures whose first and last level is their id.</summary>
    private sealed class CountingSource : IImageSource
    {
        public List<long> Read { get; } = [];

        public async IAsyncEnumerable<ImageBatch> ReadAsync(
            RunSpecification specification,
            DatasetSplit split,
            IReadOnlyList<IndexedImage> images,
            EvaluationProtocol protocol,
            int batchSize,
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var chunk in images.Chunk(batchSize))
            {
                await Task.Yield();
                Read.AddRange(chunk.Select(image => image.Id));
                var (height, width) = protocol.CanvasFor([0.75]);
                var levels = ArrayPool<byte>.Shared.Rent(chunk.Length * 3 * height * width);
                foreach (var (index, image) in chunk.Index())
                {
                    levels.AsSpan(index * 3 * height * width, 3 * height * width).Fill((byte)image.Id);
                }

                yield return new ImageBatch(
                    levels,
                    [.. chunk.Select(image => new CocoImage(image.Id, image.File, image.Width, image.Height))],
                    [.. chunk.Select(image => new LetterboxTransform(64, 48, 64, 48, 0, 0, image.Id, 0, 1, 1))],
                    height,
                    width);
            }
        }
    }
}
