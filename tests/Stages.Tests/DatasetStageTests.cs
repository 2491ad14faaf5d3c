using QatPipeline.Coco;
using QatPipeline.Coco.Tests;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;
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

    private Task RunAsync(string onBadImage)
    {
        DatasetSpecification[] sets = [new DatasetSpecification { Yolo = _folder.PathOf("images", "val") }];
        var specification = new RunSpecification
        {
            Name = "dataset",
            Model = new ModelSpecification { Onnx = _folder.PathOf("model.onnx") },
            Data = new DataSpecification { Calibration = sets, Validation = sets, OnBadImage = onBadImage },
        };
        return new DatasetStage().ExecuteAsync(
            new FolderContext(specification, _folder.FullName), TestContext.Current.CancellationToken);
    }
}
