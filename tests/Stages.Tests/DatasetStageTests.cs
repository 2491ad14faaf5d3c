using QatPipeline.Coco;
using QatPipeline.Coco.Tests;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Tests;

/// <summary>A label folder of one picture that can be read and one that cannot.</summary>
public sealed class DatasetStageTests : IDisposable
{
    // Operator set 13 and an empty graph: https://protobuf.dev/programming-guides/encoding/
    private static readonly byte[] EmptyModel = [0x42, 2, 0x10, 13, 0x3A, 0];

    private readonly ScratchFolder _folder = new();

    public DatasetStageTests()
    {
        Directory.CreateDirectory(_folder.PathOf("images", "val"));
        Directory.CreateDirectory(_folder.PathOf("labels", "val"));
        TestImages.Write(_folder.PathOf("images", "val", "1.png"), 40, 30);
        File.WriteAllText(_folder.PathOf("images", "val", "2.png"), "not an image");
        File.WriteAllBytes(_folder.PathOf("model.onnx"), EmptyModel);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExecuteAsync_UnreadableImageToSkip_IndexesTheOthers()
    {
        await RunAsync("skip");

        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), TestContext.Current.CancellationToken);
        var digest = Digests.Of(File.ReadAllBytes(_folder.PathOf("images", "val", "1.png")));
        Assert.Equal([new IndexedImage(0, 1, "1.png", 40, 30, digest)], index.Validation);
        Assert.Equal(
            [(DatasetSplit.Calibration, "2.png"), (DatasetSplit.Validation, "2.png")],
            index.Skipped.Select(image => (image.Split, image.File)));
    }

    [Fact]
    public async Task ExecuteAsync_UnreadableImageToFail_NamesIt()
    {
        var error = await Assert.ThrowsAsync<CocoException>(() => RunAsync("fail"));

        Assert.Contains("2.png: not a readable image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_LabelThatCannotBeRead_IsSkippedWithItsPicture()
    {
        TestImages.Write(_folder.PathOf("images", "val", "2.png"), 40, 30);
        File.WriteAllText(_folder.PathOf("labels", "val", "2.txt"), "nonsense");

        await RunAsync("skip");

        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.Single(index.Validation).Id);
        Assert.Contains("2.txt:1", index.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("Calibration: 1 pictures without a label file, which have no objects", index.Remarks!);
    }

    [Fact]
    public async Task ExecuteAsync_TwoLabelFolders_ShareNoIds()
    {
        File.Delete(_folder.PathOf("images", "val", "2.png"));
        Directory.CreateDirectory(_folder.PathOf("images", "train"));
        TestImages.Write(_folder.PathOf("images", "train", "1.png"), 40, 30);
        Directory.CreateDirectory(_folder.PathOf("labels", "train"));

        await RunAsync("fail", "val", "train");

        var index = await DatasetIndex.ReadAsync(_folder.PathOf(ArtifactNames.DatasetIndex), TestContext.Current.CancellationToken);
        Assert.Equal([(0, 1), (1, 2)], index.Validation.Select(image => (image.Set, image.Id)));
    }

    [Theory]
    [InlineData("labels/val/1.txt", "0 0.5 0.5 0.5 0.5")]
    [InlineData("labels/val/2.txt", "0 0.5 0.5 0.5 0.5")]
    [InlineData("data.yaml", "names: [a]")]
    [InlineData("images/val/1.png", "")]
    public void Configuration_ChangedFile_ChangesTheKey(string file, string content)
    {
        File.WriteAllText(_folder.PathOf("labels", "val", "1.txt"), "0 0.5 0.5 0.25 0.25 0.9");
        string Key() => CanonicalJson.Of(new DatasetStage().Configuration(Specification("skip", "val")));
        var before = Key();

        File.WriteAllText(_folder.PathOf(file), content);

        Assert.NotEqual(before, Key());
    }

    private Task RunAsync(string onBadImage, params string[] folders) => new DatasetStage().ExecuteAsync(
        new FolderContext(Specification(onBadImage, folders is [] ? ["val"] : folders), _folder.FullName),
        TestContext.Current.CancellationToken);

    private RunSpecification Specification(string onBadImage, params string[] folders)
    {
        DatasetSpecification[] sets = [.. folders.Select(folder => new DatasetSpecification { Yolo = _folder.PathOf("images", folder) })];
        return new RunSpecification
        {
            Name = "dataset",
            Model = new ModelSpecification { Onnx = _folder.PathOf("model.onnx") },
            Data = new DataSpecification { Calibration = sets, Validation = sets, OnBadImage = onBadImage },
        };
    }
}
