using System.Text.Json;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Cli.Tests;

public sealed class DatasetCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public DatasetCommandTests()
    {
        foreach (var (part, row) in new[] { ("train", ""), ("val", "1 0.5 0.5 0.5 0.5 0.9") })
        {
            Directory.CreateDirectory(_folder.PathOf("set", "images", part));
            Directory.CreateDirectory(_folder.PathOf("set", "labels", part));
            File.WriteAllText(_folder.PathOf("set", "labels", part, "a.txt"), row);
            File.WriteAllBytes(_folder.PathOf("set", "images", part, "a.bmp"), BlackBitmap(40, 20));
        }

        File.WriteAllText(_folder.PathOf("set", "images", "val", "b.jpg"), "not an image");
        File.WriteAllText(_folder.PathOf("set", "data.yaml"), "train: images/train\nval: images/val\nnames: [nut, bolt]");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_DataYaml_PrintsWhatItFound_AndDrawsASheet()
    {
        var sheet = _folder.PathOf("sheet.png");

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "dataset", "check", _folder.PathOf("set", "data.yaml"), "--part", "val", "--sheet", sheet);

        Assert.True(exitCode == 0, error);
        Assert.Contains("1 images, 0 of them without objects; 1 left out", output, StringComparison.Ordinal);
        Assert.Contains("sizes: 1 small", output, StringComparison.Ordinal);
        Assert.Contains("note: 1 label rows with a confidence", output, StringComparison.Ordinal);
        Assert.Contains("b.jpg: not a readable image", output, StringComparison.Ordinal);
        using var drawn = ImageDecoder.Decode(sheet);
        var bolt = output.Split('\n').Single(line => line.EndsWith("  bolt", StringComparison.Ordinal)).Split('#')[1][..6];
        Assert.Contains(bolt, Colors(drawn));
    }

    [Fact]
    public async Task Check_AsJson_HasTheSameFigures()
    {
        var (exitCode, output, error) = await QatProcess.RunAsync("dataset", "check", _folder.PathOf("set"), "--json", "--classes", "x", "y");

        Assert.True(exitCode == 0, error);
        using var figures = JsonDocument.Parse(output);
        Assert.Equal(1, figures.RootElement.GetProperty("emptyImages").GetInt32());
        Assert.Equal("x", figures.RootElement.GetProperty("classes")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Check_CocoFileWithoutItsFolder_SaysWhatIsMissing()
    {
        var (exitCode, _, error) = await QatProcess.RunAsync("dataset", "check", _folder.PathOf("gt.json"));

        Assert.Equal(QatCommandLine.InputError, exitCode);
        Assert.Contains("name the folder of its pictures with --images", error, StringComparison.Ordinal);
    }

    private static HashSet<string> Colors(PixelBuffer image) =>
        [.. image.Pixels.ToArray().Distinct().Select(pixel => $"{pixel & 0xFFFFFF:x6}")];

    // A bitmap of 24 bits a pixel whose rows are a multiple of four bytes: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
    private static byte[] BlackBitmap(int width, int height)
    {
        var file = new byte[54 + (width * height * 3)];
        using var writer = new BinaryWriter(new MemoryStream(file));
        writer.Write("BM"u8);
        foreach (var field in new[] { file.Length, 0, 54, 40, width, height, 1 | (24 << 16) })
        {
            writer.Write(field);
        }

        return file;
    }
}
