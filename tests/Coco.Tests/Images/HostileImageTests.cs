using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using QatPipeline.Coco.Images;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Coco.Tests.Images;

/// <summary>Small files that claim, or hold, more pixels than memory should be taken for.</summary>
[Collection(nameof(HostileImageTests))]
[CollectionDefinition(nameof(HostileImageTests), DisableParallelization = true)]
public sealed class HostileImageTests : IDisposable
{
    private const long MostMemory = 300;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20_000, 20_000)]
    [InlineData(1_000_000, 65)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Probe_PngBeyondTheLimit_IsRefusedByNameAndSize(int width, int height)
    {
        var path = WritePng(width, height, rows: Math.Min(height, 20_000));
        var memory = new ProcessMemory();

        var error = Assert.Throws<CocoException>(() => ImageDecoder.Probe(path));

        Assert.Equal($"{path}: {Reason(width, height)}", error.Message);
        Assert.True(memory.PeakGrowth < MostMemory);
    }

    [Fact]
    public void Probe_PngAtTheLimit_IsDecoded() =>
        Assert.Equal(8000, ImageDecoder.Probe(WritePng(8000, 8000, rows: 8000)).Width);

    [Fact]
    public void Probe_HeaderThatClaimsWhatTheFileHasNot_IsRefused_AndMemoryIsGivenBack()
    {
        var path = WritePng(8000, 8000, rows: 2);
        var memory = new ProcessMemory();

        for (var round = 0; round < 3; round++)
        {
            Assert.Contains(
                "the file ends in the middle", Assert.Throws<CocoException>(() => ImageDecoder.Probe(path)).Message, StringComparison.Ordinal);
        }

        Assert.True(memory.PeakGrowth < MostMemory);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        Assert.True(memory.Growth < 50);
    }

    [Fact]
    public void Probe_HeaderThatClaimsLessThanTheFileHas_TakesWhatItClaims()
    {
        var path = WritePng(100, 100, rows: 20_000);

        Assert.Equal((100, 100), (ImageDecoder.Probe(path).Width, ImageDecoder.Probe(path).Height));
    }

    [Theory]
    [InlineData("BM", 18, 22)]
    [InlineData("GIF89a", 6, 8)]
    public void Probe_OtherFormatsBeyondTheLimit_AreRefused(string magic, int width, int height)
    {
        var file = new byte[2000];
        magic.Select(letter => (byte)letter).ToArray().CopyTo(file, 0);
        if (magic == "BM")
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(width), 20_000);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(height), 20_000);
        var path = _folder.PathOf("other");
        File.WriteAllBytes(path, file);
        var memory = new ProcessMemory();

        Assert.Throws<CocoException>(() => ImageDecoder.Probe(path));

        Assert.True(memory.PeakGrowth < MostMemory);
    }

    [Fact]
    public void Probe_FileLargerThanItsPixelsCouldBe_IsRefused()
    {
        var path = _folder.PathOf("sparse.png");
        using (var file = File.Create(path))
        {
            file.SetLength(1L << 30);
        }

        var memory = new ProcessMemory();

        Assert.Contains(
            "more than its pixels could need; at most 64000000 pixels are accepted (Limits__Pixels)",
            Assert.Throws<CocoException>(() => ImageDecoder.Probe(path)).Message,
            StringComparison.Ordinal);
        Assert.True(memory.PeakGrowth < MostMemory);
    }

    private static string Reason(int width, int height) => width == int.MaxValue
        ? "not a readable image."
        : $"its header claims {width}×{height} pixels; at most 64000000 pixels are accepted (Limits__Pixels).";

    // One bit a pixel, all black: the 400 million pixels of 20,000 × 20,000 fit in 50 KB.
    private string WritePng(int width, int height, int rows)
    {
        var path = _folder.PathOf("hostile.png");
        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        WriteChunk(file, "IHDR"u8, header);
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + ((Math.Min(width, 100_000) + 7) / 8)];
            for (var y = 0; y < rows; y++)
            {
                zlib.Write(row);
            }
        }

        WriteChunk(file, "IDAT"u8, pixels.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return path;
    }

    private static void WriteChunk(FileStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        var checksum = new Crc32();
        checksum.Append(name);
        checksum.Append(content);
        file.Write(name);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
