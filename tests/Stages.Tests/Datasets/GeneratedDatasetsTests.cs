using QatPipeline.Contracts.Specification;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Tests.Datasets;

public sealed class GeneratedDatasetsTests
{
    private static readonly SyntheticSpecification Small = new() { Images = 3, Seed = 7, Size = 64 };

    [Fact]
    public void Open_DrawsThePicturesThatTheIndexNames()
    {
        var specification = Run(Small);

        var dataset = DatasetLocator.Open(specification, DatasetSplit.Validation)[0];

        Assert.Equal(3, dataset.Images.Count);
        Assert.True(dataset.Categories.Count >= 8);
        Assert.All(dataset.Images, image => Assert.True(File.Exists(
            DatasetLocator.PathOf(
                specification, DatasetSplit.Validation, new IndexedImage(0, image.Id, image.FileName, image.Width, image.Height, "")))));
    }

    [Fact]
    public void AnotherParameter_IsAnotherDataSet()
    {
        var first = DatasetLocator.Open(Run(Small), DatasetSplit.Validation)[0];
        var other = DatasetLocator.Open(Run(Small with { Noise = 0 }), DatasetSplit.Validation)[0];

        Assert.NotEqual(first.ImageFolder, other.ImageFolder);
        Assert.NotEqual(File.ReadAllBytes(first.PathOf(first.Images[0])), File.ReadAllBytes(other.PathOf(other.Images[0])));
    }

    private static RunSpecification Run(SyntheticSpecification generated) => new()
    {
        Name = "generated",
        Model = new ModelSpecification { Onnx = "model.onnx" },
        Data = new DataSpecification { Validation = [new DatasetSpecification { Synthetic = generated }] },
    };
}
