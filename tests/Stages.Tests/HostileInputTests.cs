using QatPipeline.Coco;
using QatPipeline.Coco.Tests;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Tests;

/// <summary>What a run names must be what it says, and lie where runs may read, wherever links lead.</summary>
public sealed class HostileInputTests : IDisposable
{
    private const string Secret = "root:$6$qzx:19000:0:99999:7:::\n";

    private readonly ScratchFolder _folder = new();

    public HostileInputTests()
    {
        foreach (var folder in new[] { "data/images", "data/labels", "outside", "out" })
        {
            Directory.CreateDirectory(_folder.PathOf(folder));
        }

        TestImages.Write(_folder.PathOf("data", "images", "1.png"), 40, 30);
        TestImages.Write(_folder.PathOf("outside", "2.png"), 40, 30);
        File.WriteAllText(_folder.PathOf("outside", "secret"), Secret);
    }

    private DataRoots Roots => DataRoots.Of(_folder.PathOf("data"));

    private DatasetSpecification Pictures => new() { Yolo = _folder.PathOf("data", "images") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExecuteAsync_ModelThatIsNone_IsNoArtifact_AndIsNotQuoted()
    {
        var path = _folder.PathOf("outside", "secret");
        foreach (var model in new[]
        {
            new ModelSpecification { Onnx = path },
            new ModelSpecification { Yolov6 = new Yolov6Specification { Checkpoint = path } },
            new ModelSpecification { Yolov6 = new Yolov6Specification { Scales = path } },
        })
        {
            var error = await Assert.ThrowsAsync<StageInputException>(() => RunAsync(new DatasetStage(), Pictures, model));

            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("qzx", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(_folder.PathOf("out")));
        }
    }

    [Theory]
    [InlineData("images/2.png", "outside/2.png")]
    [InlineData("images/more", "outside")]
    public async Task Stage_LinkOutOfTheRoots_IsRefused_AndOnesOwnProcessFollowsIt(string link, string target)
    {
        File.CreateSymbolicLink(_folder.PathOf("data", link), _folder.PathOf(target));
        var (confined, own) = (new DatasetStage(Roots), new DatasetStage());

        var configuring = Assert.Throws<SpecificationException>(() => confined.Configuration(Specification(Pictures)));
        var executing = await Assert.ThrowsAsync<SpecificationException>(() => RunAsync(confined, Pictures));

        Assert.All([configuring, executing], error =>
        {
            Assert.Contains($"names {_folder.PathOf("data", "images")}/", error.Message, StringComparison.Ordinal);
            Assert.Contains("Data__Roots", error.Message, StringComparison.Ordinal);
        });
        own.Configuration(Specification(Pictures));
        await RunAsync(own, Pictures);
        Assert.Equal(2, (await ReadIndexAsync()).Validation.Count);
    }

    [Fact]
    public async Task Stage_LinkThatStaysInTheRoots_IsFollowed()
    {
        File.CreateSymbolicLink(_folder.PathOf("data", "images", "2.png"), "1.png");
        var stage = new DatasetStage(Roots);

        stage.Configuration(Specification(Pictures));
        await RunAsync(stage, Pictures);

        Assert.Equal(2, (await ReadIndexAsync()).Validation.Count);
    }

    [Fact]
    public async Task Stage_LabelsThatAreALinkOutOfTheRoots_AreNotOpened()
    {
        File.CreateSymbolicLink(_folder.PathOf("data", "labels", "1.txt"), _folder.PathOf("outside", "secret"));

        var error = await Assert.ThrowsAsync<SpecificationException>(() => RunAsync(new DatasetStage(Roots), Pictures));

        Assert.Contains("'data.calibration[0].yolo' names", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.yaml", "secret")]
    [InlineData("classes.txt", "secret")]
    [InlineData("train.txt", "secret")]
    [InlineData("train", "")]
    [InlineData("labels", "")]
    [InlineData("Annotations", "")]
    [InlineData("JPEGImages", "")]
    public async Task Stage_PartOfALabelFolderThatLeadsOutOfTheRoots_IsRefused(string part, string target)
    {
        if (part == "labels")
        {
            Directory.Delete(_folder.PathOf("data", "labels"));
        }

        File.WriteAllText(_folder.PathOf("outside", "2.txt"), "");
        File.WriteAllText(_folder.PathOf("outside", "2.xml"), "<annotation/>");
        File.CreateSymbolicLink(_folder.PathOf("data", part), _folder.PathOf("outside", target));
        if (part.StartsWith("train", StringComparison.Ordinal))
        {
            File.WriteAllText(_folder.PathOf("data", "data.yaml"), $"train: {part}\nval: {part}");
        }

        if (part == "JPEGImages")
        {
            File.WriteAllText(_folder.PathOf("data", "2.xml"), "<annotation/>");
            Directory.CreateDirectory(_folder.PathOf("data", "Annotations"));
            File.Move(_folder.PathOf("data", "2.xml"), _folder.PathOf("data", "Annotations", "2.xml"));
        }

        var path = _folder.PathOf("data");
        var set = part is "Annotations" or "JPEGImages"
            ? new DatasetSpecification { Voc = path }
            : new DatasetSpecification { Yolo = path };

        Assert.Throws<SpecificationException>(() => new DatasetStage(Roots).Configuration(Specification(set)));
        var error = await Assert.ThrowsAsync<SpecificationException>(() => RunAsync(new DatasetStage(Roots), set));
        Assert.Contains("Data__Roots", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../outside/2.png")]
    [InlineData("/etc/shadow")]
    public async Task Stage_NameThatLeavesItsFolder_EndsTheRunEvenWhereBadImagesAreSkipped(string name)
    {
        var annotations = _folder.PathOf("data", "gt.json");
        File.WriteAllText(annotations, $$"""{"images":[{"id":7,"file_name":"{{name}}"}],"annotations":[],"categories":[]}""");

        var error = await Assert.ThrowsAsync<CocoException>(() => RunAsync(
            new DatasetStage(), new DatasetSpecification { Annotations = annotations, Images = _folder.PathOf("data", "images") }));

        Assert.Contains("image 7 of data.calibration[0].images: its 'file_name' leaves the folder", error.Message, StringComparison.Ordinal);
    }

    private static RunSpecification Specification(DatasetSpecification set, ModelSpecification? model = null) => new()
    {
        Name = "hostile",
        Model = model ?? new ModelSpecification { Yolov6 = new Yolov6Specification() },
        Data = new DataSpecification { Calibration = [set], Validation = [set] },
    };

    private Task RunAsync(DatasetStage stage, DatasetSpecification set, ModelSpecification? model = null) => stage.ExecuteAsync(
        new FolderContext(Specification(set, model), _folder.PathOf("out")), TestContext.Current.CancellationToken);

    private Task<DatasetIndex> ReadIndexAsync() => DatasetIndex.ReadAsync(
        _folder.PathOf("out", ArtifactNames.DatasetIndex), TestContext.Current.CancellationToken);
}
