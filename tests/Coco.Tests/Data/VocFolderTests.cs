using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

public sealed class VocFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("set", "set/Annotations/a.xml", "set/JPEGImages/a.png", "JPEGImages/a.png")]
    [InlineData("set", "set/Annotations/sub/a.xml", "set/images/sub/a.png", "images/sub/a.png")]
    [InlineData("set", "set/a.xml", "set/a.png", "a.png")]
    [InlineData("set/ImageSets/Main/val.txt", "set/Annotations/a.xml", "set/JPEGImages/a.png", "JPEGImages/a.png")]
    public void Folder_FindsPicturesAndTheirAnnotations(string path, string annotation, string picture, string name)
    {
        Add(annotation, picture, Object("cat", 1, 1, 10, 20) + Object("ant", 11, 5, 60, 40, "<difficult>1</difficult>"));
        Write("set/ImageSets/Main/val.txt", "a\r\nb -1\n");

        var dataset = CocoDataset.ReadVoc(_folder.PathOf(path));

        Assert.Equal(new CocoImage(1, name, 40, 40), Assert.Single(dataset.Images));
        Assert.Equal([new CocoCategory(1, "ant"), new CocoCategory(2, "cat")], dataset.Categories);
        Assert.Equal(
            [
                new CocoAnnotation(1, 1, 2, new CocoBox(0, 0, 10, 20), 200, IsCrowd: false),
                new CocoAnnotation(2, 1, 1, new CocoBox(10, 4, 30, 36), 1080, IsCrowd: true),
            ],
            dataset.Annotations);
        Assert.Equal(2, dataset.Remarks.Count);
    }

    [Theory]
    [InlineData("C:\\tool\\b.png")]
    [InlineData("/home/someone/b.png")]
    [InlineData("../../b.png")]
    public void FileName_IsTakenWithoutItsFolders(string fileName)
    {
        Add("set/Annotations/a.xml", "set/JPEGImages/b.png", "", $"<filename>{fileName}</filename>");

        Assert.Equal("JPEGImages/b.png", Assert.Single(CocoDataset.ReadVoc(_folder.PathOf("set")).Images).FileName);
    }

    [Theory]
    [InlineData("<annotation>", ": not valid XML")]
    [InlineData("<html/>", "its root is not <annotation>")]
    [InlineData("<!DOCTYPE a [<!ENTITY qzx SYSTEM \"/etc/passwd\">]><annotation>&qzx;</annotation>", ": not valid XML")]
    [InlineData("<annotation><object><name>qzx</name></object></annotation>", "object 1: its 'bndbox' is missing")]
    [InlineData("<annotation><size><width>qzx</width></size></annotation>", "its 'size' is not in whole pixels")]
    [InlineData("<annotation><size><width>41</width><height>40</height></size></annotation>", "the image has 40×40 pixels")]
    public void Annotation_ThatIsNone_IsNamedAndNotQuoted_OrSkipped(string xml, string expected)
    {
        Add("set/Annotations/a.xml", "set/JPEGImages/a.png", "");
        Write("set/Annotations/b.xml", xml);
        TestImages.Write(_folder.PathOf("set/JPEGImages/b.png"), 40, 40);
        var bad = new List<BadImage>();

        var error = Assert.Throws<CocoException>(() => CocoDataset.ReadVoc(_folder.PathOf("set")));
        var dataset = CocoDataset.ReadVoc(_folder.PathOf("set"), new LabelFolderOptions { OnBadImage = bad.Add });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("qzx", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Single(bad).Reason);
        Assert.Single(dataset.Images);
    }

    [Fact]
    public void Object_OfAnUnknownClass_IsRefused()
    {
        Add("set/Annotations/a.xml", "set/JPEGImages/a.png", Object("cat", 1, 1, 10, 20));

        var error = Assert.Throws<CocoException>(
            () => CocoDataset.ReadVoc(_folder.PathOf("set"), new LabelFolderOptions { ClassNames = ["dog"] }));

        Assert.Contains("a.xml: object 1: its 'name' is not among the classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PictureThatIsMissing_IsNamed()
    {
        Write("set/Annotations/a.xml", "<annotation/>");

        Assert.Contains(
            "there is no picture of it",
            Assert.Throws<CocoException>(() => CocoDataset.ReadVoc(_folder.PathOf("set"))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("a b c")]
    public void List_OfSomethingElse_IsRefused(string line)
    {
        Add("set/Annotations/a.xml", "set/JPEGImages/a.png", "");
        Write("set/ImageSets/Main/val.txt", line);

        Assert.Contains(
            "val.txt:1: not the stem of a file",
            Assert.Throws<CocoException>(() => CocoDataset.ReadVoc(_folder.PathOf("set/ImageSets/Main/val.txt"))).Message,
            StringComparison.Ordinal);
    }

    private static string Object(string name, int left, int top, int right, int bottom, string more = "") =>
        $"<object><name>{name}</name>{more}<bndbox><xmin>{left}</xmin><ymin>{top}</ymin>"
        + $"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>";

    private void Add(string annotation, string picture, string objects, string more = "")
    {
        Write(annotation, $"<annotation>{more}<size><width>40</width><height>40</height></size>{objects}</annotation>");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(picture))!);
        TestImages.Write(_folder.PathOf(picture), 40, 40);
    }

    private void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(file))!);
        File.WriteAllText(_folder.PathOf(file), content);
    }
}
