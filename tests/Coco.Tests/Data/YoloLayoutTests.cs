using QatPipeline.Coco.Data;

namespace QatPipeline.Coco.Tests.Data;

/// <summary>The arrangements of folders that go by the name of YOLO.</summary>
public sealed class YoloLayoutTests : IDisposable
{
    private const string Row = "0 0.5 0.5 0.5 0.5";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("set", "set/images/a.png", "set/labels/a.txt", "images/a.png")]
    [InlineData("set/images", "set/images/train/1.png", "set/labels/train/1.txt", "train/1.png")]
    [InlineData("set/train", "set/train/images/a.png", "set/train/labels/a.txt", "images/a.png")]
    [InlineData("set", "set/a.png", "set/a.txt", "a.png")]
    [InlineData("images/set", "images/set/a.png", "images/set/a.txt", "a.png")]
    public void Folder_FindsPicturesAndTheirLabels(string path, string picture, string labels, string name)
    {
        Add(picture, labels);

        var dataset = CocoDataset.ReadYolo(_folder.PathOf(path));

        Assert.Equal(name, Assert.Single(dataset.Images).FileName);
        Assert.Single(dataset.Annotations);
        Assert.Equal(_folder.PathOf(path), dataset.ImageFolder);
        Assert.Equal(CocoClasses.All, dataset.Categories);
        Assert.Contains(dataset.Remarks, remark => remark.What.StartsWith("class list taken for granted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train: train/images\nval: valid/images", "")]
    [InlineData("train: train\nval: [valid]", "")]
    [InlineData("train: ../train/images\nval: ../valid/images", "")]
    [InlineData("path: ../datasets/set\ntrain: train/images\nval: valid/images", "")]
    [InlineData("path: /content/set\ntrain: train/images\nval: valid/images", "")]
    [InlineData("train: C:\\content\\set\\train\\images\nval: C:\\content\\set\\valid\\images", "")]
    [InlineData("train: train.txt\nval: lists/val.txt", "./train/images/a.png\r\n\r\n")]
    [InlineData("train: train.txt\nval: lists/val.txt", "/content/set/train/images/a.png")]
    public void Description_NamesTheParts(string paths, string list)
    {
        Add("set/train/images/a.png", "set/train/labels/a.txt");
        Add("set/valid/images/b.png", "set/valid/labels/b.txt");
        Write("set/data.yaml", $"{paths}\nnames: [nut, bolt]\nunknown: {{ deep: [{{}}] }}\n");
        Write("set/train.txt", list);
        Write("set/lists/val.txt", list.Replace("train/images/a", "valid/images/b", StringComparison.Ordinal));

        foreach (var path in new[] { "set", "set/data.yaml" })
        {
            var train = CocoDataset.ReadYolo(_folder.PathOf(path));
            var val = CocoDataset.ReadYolo(_folder.PathOf(path), new LabelFolderOptions { Subset = DataSubset.Val });

            Assert.Equal("train/images/a.png", Assert.Single(train.Images).FileName);
            Assert.Equal("valid/images/b.png", Assert.Single(val.Images).FileName);
            Assert.Equal([new CocoCategory(1, "nut"), new CocoCategory(2, "bolt")], val.Categories);
        }
    }

    [Theory]
    [InlineData("names: [nut, bolt]", "nut bolt")]
    [InlineData("names: { 1: bolt, 0: nut }", "nut bolt")]
    [InlineData("names:\n  0: nut\n  2: bolt\n", "nut class.1 bolt")]
    [InlineData("nc: 2", "class.0 class.1")]
    [InlineData("nc: 2\nnames: [\"nut\", 'bolt']", "nut bolt")]
    public void Names_AreAListOrAMap(string yaml, string expected)
    {
        Add("set/train/images/a.png", "set/train/labels/a.txt");
        Write("set/data.yaml", yaml);

        var dataset = CocoDataset.ReadYolo(_folder.PathOf("set", "train", "images"));

        Assert.Equal(expected.Split(' ').Select(name => name.Replace('.', ' ')), dataset.Categories.Select(category => category.Name));
        Assert.Empty(dataset.Remarks);
    }

    [Theory]
    [InlineData("set/classes.txt")]
    [InlineData("set/obj.names")]
    [InlineData("set/labels/classes.txt")]
    public void Names_MayBeALineEach(string file)
    {
        Add("set/images/a.png", "set/labels/a.txt");
        Write(file, "nut\r\nbolt\r\n\r\n");

        Assert.Equal(["nut", "bolt"], CocoDataset.ReadYolo(_folder.PathOf("set")).Categories.Select(category => category.Name));
    }

    [Fact]
    public void Names_ThatAreCocos_GetCocosIds()
    {
        Add("set/images/a.png", "set/labels/a.txt");
        Write("set/data.yaml", $"names: [{string.Join(", ", CocoClasses.All.Select(category => category.Name))}]");

        Assert.Equal(CocoClasses.All, CocoDataset.ReadYolo(_folder.PathOf("set")).Categories);
    }

    [Fact]
    public void KeyPoints_AreNoPolygon()
    {
        Add("set/images/a.png", "set/labels/a.txt", $"{Row} 0.1 0.1 0.9 0.9");
        Write("set/data.yaml", "names: [nut]\nkpt_shape: [2, 2]");

        Assert.Equal(new CocoBox(10, 10, 20, 20), Assert.Single(CocoDataset.ReadYolo(_folder.PathOf("set")).Annotations).Box);
    }

    [Theory]
    [InlineData("train: ../../outside")]
    [InlineData("train: /etc")]
    [InlineData("path: ..\ntrain: outside")]
    [InlineData("train: x/../../outside")]
    public void Description_NeverLeavesItsFolder(string paths)
    {
        Add("set/images/a.png", "set/labels/a.txt");
        Add("outside/b.png", "outside/b.txt");
        Write("set/data.yaml", paths + "\nnames: [nut]");

        var error = Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(_folder.PathOf("set")));

        Assert.Contains("data.yaml: what it names for 'train' is not in its folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../outside/b.png")]
    [InlineData("/etc/passwd")]
    [InlineData("absent.png")]
    public void List_PictureThatIsNotInTheFolder_IsBad(string line)
    {
        Add("set/images/a.png", "set/labels/a.txt");
        Add("outside/b.png", "outside/b.txt");
        Write("set/data.yaml", "train: train.txt\nnames: [nut]");
        Write("set/train.txt", $"images/a.png\n{line}\n");
        var bad = new List<BadImage>();

        var dataset = CocoDataset.ReadYolo(_folder.PathOf("set"), new LabelFolderOptions { OnBadImage = bad.Add });

        Assert.Single(dataset.Images);
        Assert.Contains("train.txt:2", Assert.Single(bad).Reason, StringComparison.Ordinal);
        Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(_folder.PathOf("set")));
    }

    [Theory]
    [InlineData("names: [a, [b]]")]
    [InlineData("names: { x: a }")]
    [InlineData("names: { 100000: a }")]
    [InlineData("[]")]
    [InlineData("qzx-secret: 'a")]
    [InlineData("")]
    [InlineData("names: *qzx")]
    public void Description_ThatIsNone_IsNamedAndNotQuoted(string yaml)
    {
        Add("set/images/a.png", "set/labels/a.txt");
        Write("set/data.yaml", yaml);

        var error = Assert.Throws<CocoException>(() => CocoDataset.ReadYolo(_folder.PathOf("set")));

        Assert.Contains("data.yaml", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("qzx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFile_IsAskedForBeforeItIsOpened()
    {
        Add("set/train/images/a.png", "set/train/labels/a.txt");
        Write("set/data.yaml", "train: train.txt\nnames: [nut]");
        Write("set/train.txt", "train/images/a.png");
        var opened = new List<string>();

        CocoDataset.ReadYolo(_folder.PathOf("set"), new LabelFolderOptions { OnOpen = opened.Add });

        Assert.Equal(
            ["a.png", "a.txt", "data.yaml", "train.txt"], opened.Select(Path.GetFileName).Distinct().Order(StringComparer.Ordinal));
    }

    private void Add(string picture, string labels, string row = Row)
    {
        Write(labels, row);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(picture))!);
        TestImages.Write(_folder.PathOf(picture), 40, 40);
    }

    private void Write(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(file))!);
        File.WriteAllText(_folder.PathOf(file), content);
    }
}
