using System.IO.Compression;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Tests.DetectionFiles;

public sealed class DetectionFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string File => _folder.PathOf("dt.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WrittenDetections_ReadBackEqualPlainAndGzip()
    {
        Detection[] detections =
        [
            new Detection(1, 90, new CocoBox(0.1, 2.3456, 1e-9, 4), 0.98765),
            new Detection(-3, long.MaxValue, new CocoBox(0, -1, 1.0 / 3, 1e20), 0),
        ];
        DetectionFile.Write(File, detections);
        Assert.Equal(detections, DetectionFile.Read(File));

        using (var packed = System.IO.File.Create(_folder.PathOf("dt.json.gz")))
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(System.IO.File.ReadAllBytes(File));
        }

        Assert.Equal(detections, DetectionFile.Read(_folder.PathOf("dt.json.gz")));
    }

    [Fact]
    public void Rounded_KeepsThreeAndFiveDecimals() => Assert.Equal(
        new Detection(1, 2, new CocoBox(1.235, 0.001, 10, 7.5), 0.12346),
        new Detection(1, 2, new CocoBox(1.23456, 0.0009, 10.0004, 7.5), 0.123456).Rounded());

    [Theory]
    [InlineData("{}", "expected an array")]
    [InlineData("[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3,4]}]", "detections[0]: field 'score' is missing")]
    [InlineData("[{\"image_id\":1,\"category_id\":1,\"score\":0.5}]", "detections[0]: field 'bbox' is missing")]
    [InlineData(
        "[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3,4],\"score\":NaN}]", "detections[0]: field 'score' is NaN, but must be a finite number")]
    [InlineData("[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3,4],\"score\":0.5},", "detections[1]: not valid JSON")]
    [InlineData("[] []", "not valid JSON")]
    public void MalformedFile_NamesThePlace(string json, string expected)
    {
        System.IO.File.WriteAllText(File, json);
        Assert.Contains(expected, Assert.Throws<CocoException>(() => DetectionFile.Read(File)).Message, StringComparison.Ordinal);
    }
}
