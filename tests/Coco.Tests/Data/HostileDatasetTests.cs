using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

/// <summary>A data set must not make us read other files, nor quote them.</summary>
public sealed class HostileDatasetTests
{
    private const string Secret = "qzx-secret-qzx";

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("../shadow")]
    [InlineData("sub/../../shadow")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a\\u0000.png")]
    public void PathOf_NameThatLeavesTheFolder_IsRefused(string name)
    {
        var dataset = CocoTestFiles.Read($$"""{"images":[{"id":7,"file_name":"{{name}}"}],"annotations":[],"categories":[]}""");

        var error = Assert.Throws<CocoException>(() => dataset.PathOf(dataset.Images[0]));

        Assert.Contains("image 7: its 'file_name' leaves the folder of the pictures", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("sub/a.png")]
    [InlineData("sub/../a.png")]
    [InlineData("..a.png")]
    public void PathOf_NameWithinTheFolder_IsTaken(string name) =>
        Assert.Equal(Path.Combine("/pictures", name), CocoDataset.FileIn("/pictures", name, "image 7"));

    [Theory]
    [InlineData(Secret)]
    [InlineData("root:$6$" + Secret + ":19000:0:99999:7:::\n")]
    [InlineData("{\"" + Secret + "\" " + Secret + "}")]
    [InlineData("{\"images\":\"" + Secret + "\"}")]
    [InlineData("{\"images\":[{\"id\":\"" + Secret + "\"}]}")]
    [InlineData("{\"images\":[" + Secret + "]}")]
    public void Read_AnotherFile_QuotesNothingOfIt(string content)
    {
        var error = Assert.Throws<CocoException>(() => CocoTestFiles.Read(content));

        Assert.DoesNotContain("'", error.Message.Replace("'images'", "", StringComparison.Ordinal).Replace("'id'", "", StringComparison.Ordinal)
            .Replace("'annotations'", "", StringComparison.Ordinal).Replace("'categories'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData(Secret + " 1 1 1 1")]
    [InlineData("0 1 1 1 " + Secret)]
    public void ReadYolo_AnotherFileAsLabels_QuotesNothingOfIt(string content)
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.PathOf("images"));
        Directory.CreateDirectory(folder.PathOf("labels"));
        TestImages.Write(folder.PathOf("images", "1.png"), 20, 20);
        File.WriteAllText(folder.PathOf("labels", "1.txt"), content);

        var error = Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(folder.PathOf("images")));

        Assert.Contains("1.txt:1: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("qzx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadYolo_LabelsBeyondReason_AreRefusedUnread()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.PathOf("images"));
        Directory.CreateDirectory(folder.PathOf("labels"));
        TestImages.Write(folder.PathOf("images", "1.png"), 20, 20);
        using (var labels = File.Create(folder.PathOf("labels", "1.txt")))
        {
            labels.SetLength(1L << 32);
        }

        Assert.Contains(
            "larger than 16 MiB",
            Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(folder.PathOf("images"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ListOf200000Levels_IsRefused()
    {
        var nested = new string('[', 200_000);

        Assert.Contains(
            "not valid JSON",
            Assert.Throws<CocoException>(() => CocoTestFiles.Read($$"""{"images":[],"annotations":[],"info":{{nested}}""")).Message,
            StringComparison.Ordinal);
    }
}
