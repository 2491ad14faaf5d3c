using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The demo that ships: its weights fit its specification, and its two specifications each other.</summary>
public sealed class DemoTests
{
    private const long LargestBytes = 10_000_000;

    private static string Folder => Path.Combine(TestData.RepositoryRoot, "samples", "demo");

    private static RunSpecification Run => RunSpecificationLoader.Load(Path.Combine(Folder, "run.yaml"));

    private static RunSpecification Training => RunSpecificationLoader.Load(Path.Combine(Folder, "train.yaml"));

    [Fact]
    public void WeightsAndScales_FitTheNetworkAndAreSmall()
    {
        var model = Run.Model.Yolov6!;
        var classes = DatasetLocator.Open(Small(Run), DatasetSplit.Validation)[0].Categories.Count;

        var graph = Yolov6Models.Build(Run, classes, model.Checkpoint);

        Assert.True(classes >= 8);
        Assert.Equal(
            Yolov6Outputs.Of(graph).RepBlocks.Count,
            QatPipeline.Yolov6.Training.Optimizers.RepScales.From(CheckpointFile.Read(model.Scales!)).Blocks.Count);
        Assert.True(new FileInfo(model.Checkpoint!).Length + new FileInfo(model.Scales!).Length <= LargestBytes);
    }

    [Fact]
    public void TheRecipe_IsOfTheNetworkAndThePicturesOfTheRun()
    {
        Assert.Equal(Run.Model with { Yolov6 = Run.Model.Yolov6! with { Checkpoint = null, Scales = null } }, Training.Model);
        Assert.Equal(Run.Data.Validation, Training.Data.Validation);
        Assert.Equal(Run.Data.Training[0].Synthetic! with { Images = 1 }, Training.Data.Training[0].Synthetic! with { Images = 1 });
        Assert.True(Run.Data.Validation[0].Synthetic!.Images >= 500);
        Assert.NotEqual(Run.Data.Validation[0].Synthetic!.Seed, Run.Data.Training[0].Synthetic!.Seed);
    }

    // The classes are those of any number of pictures.
    private static RunSpecification Small(RunSpecification specification)
    {
        var generated = specification.Data.Validation[0].Synthetic! with { Images = 2 };
        return specification with { Data = specification.Data with { Validation = [new DatasetSpecification { Synthetic = generated }] } };
    }
}
