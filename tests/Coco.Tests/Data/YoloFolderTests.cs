using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

public sealed class YoloFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public YoloFolderTests()
    {
        Directory.CreateDirectory(_folder.PathOf("images", "val"));
        Directory.CreateDirectory(_folder.PathOf("labels", "val"));
        TestImages.Write(_folder.PathOf("images", "val", "000000000012.png"), 20, 40);
        TestImages.Write(_folder.PathOf("images", "val", "b.jpg"), 32, 16);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_BecomeBoxesInPixelsAndRepeatsCountOnce()
    {
        WriteLabels("000000000012.txt", "1 0.5 0.25 0.5 0.5\n0 0.1 0.1 0.2 0.2\n1 0.5 0.25 0.5 0.5\n\n");

        var dataset = Read();

        Assert.Equal([new CocoImage(12, "000000000012.png", 20, 40), new CocoImage(2, "b.jpg", 32, 16)], dataset.Images);
        Assert.Equal(new CocoAnnotation(1, 12, 2, new CocoBox(5, 0, 10, 20), 200, IsCrowd: false), dataset.Annotations[0]);
        Assert.Equal(2, dataset.Annotations.Count);
        Assert.Empty(dataset.AnnotationsOf(1));
    }

    [Theory]
    [InlineData("1 0.5 0.5 0.5", "4 values")]
    [InlineData("2 0.5 0.5 0.5 0.5", "the first value, the class, is not an index of 0…1")]
    [InlineData("0 0.5 0.5 0.5 1.5", "value 5 is not a fraction")]
    [InlineData("0 1 1 2 2 3 3", "value 4 is not a fraction")]
    [InlineData("0 NaN 0.5 0.5 0.5", "value 2 is not a fraction")]
    [InlineData("0 0.5 -0.1 0.5 0.5", "value 3 is not a fraction")]
    public void MalformedRow_NamesFileAndLine(string row, string expected)
    {
        WriteLabels("b.txt", "0 0.5 0.5 0.5 0.5\n" + row);
        Assert.Contains("b.txt:2: " + expected, Assert.Throws<CocoException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CorruptAndTinyImages_AreFatalOrSkippedAsConfigured()
    {
        File.WriteAllText(_folder.PathOf("images", "val", "c.jpg"), "no image");
        TestImages.Write(_folder.PathOf("images", "val", "d.png"), 9, 40);
        var reported = new List<BadImage>();

        Assert.Contains("c.jpg: not a readable image", Assert.Throws<CocoException>(() => Read()).Message, StringComparison.Ordinal);
        var dataset = Read(reported.Add);

        Assert.Equal(2, dataset.Images.Count);
        Assert.Equal(["c.jpg", "d.png"], reported.Select(image => Path.GetFileName(image.File.FileName)));
    }

    [Theory]
    [InlineData("0 0.5 0.5 0.5 0.5 0.9", 8, 4, 16, 8, "with a confidence")]
    [InlineData("0 0.25 0.25 0.75 0.25 0.75 0.5", 8, 4, 16, 4, "with a polygon")]
    [InlineData("0 0.25 0.25 0.75 0.25 0.75 0.5 0.25 0.5 0.8", 8, 4, 16, 4, "with a polygon")]
    [InlineData("0 0.75 0.5 0.500001 1.0000004", 16, 0, 16, 16, "rounded over the picture's edge, clipped")]
    [InlineData("0 -0.001 0.5 0.5 1 0.5 0.5", 0, 8, 16, 8, "clipped")]
    public void RowsOfOtherTools_AreTakenAsBoxes(string row, double x, double y, double width, double height, string remark)
    {
        WriteLabels("b.txt", row);

        var dataset = Read();

        var box = Assert.Single(dataset.Annotations).Box;
        Assert.Equal([x, y, width, height], new[] { box.X, box.Y, box.Width, box.Height }.Select(side => Math.Round(side, 3)));
        Assert.Contains(dataset.Remarks, found => found is { Count: 1 } && found.What.Contains(remark, StringComparison.Ordinal)
            && found.First.EndsWith("b.txt:1", StringComparison.Ordinal));
    }

    [Fact]
    public void MalformedRow_IsABadImageWhereTheyAreSkipped()
    {
        WriteLabels("b.txt", "0 0.5 0.5 0.5 0.5\nnothing");
        WriteLabels("000000000012.txt", "");
        var reported = new List<BadImage>();

        var dataset = Read(reported.Add);

        Assert.Contains("b.txt:2", Assert.Single(reported).Reason, StringComparison.Ordinal);
        Assert.Equal(12, Assert.Single(dataset.Images).Id);
        Assert.Empty(dataset.Annotations);
        Assert.DoesNotContain(dataset.Remarks, remark => remark.What.Contains("without a label file", StringComparison.Ordinal));
    }

    [Fact]
    public void FolderWithoutImages_IsAnError()
    {
        Directory.CreateDirectory(_folder.PathOf("images", "empty"));
        Directory.CreateDirectory(_folder.PathOf("labels", "empty"));
        Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(_folder.PathOf("images", "empty")));
        Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(_folder.PathOf("images", "absent")));
    }

    private CocoDataset Read(Action<BadImage>? onBadImage = null) =>
        CocoDataset.ReadYolo(
            _folder.PathOf("images", "val"), new LabelFolderOptions { ClassNames = ["cat", "dog"], OnBadImage = onBadImage });

    private void WriteLabels(string name, string rows) => File.WriteAllText(_folder.PathOf("labels", "val", name), rows);
}
