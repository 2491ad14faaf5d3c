using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Torch.Models;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Tests.Models;

public sealed class Yolov6ModelsTests : IDisposable
{
    private const int Classes = 3;

    private readonly ScratchFolder _folder = new();

    [Fact]
    public void Build_TakesTheWeightsOfTheCheckpoint()
    {
        var trained = Yolov6Network.Build(Yolov6Models.OptionsOf(Run("repopt", seed: 5), Classes, Yolov6Form.RepOpt)).Graph;
        var file = _folder.PathOf("weights.bin");
        SafetensorsFile.Write(file, Yolov6Weights.Read(trained));

        var graph = Yolov6Models.Build(Run("repopt", seed: 1), Classes, file);

        AssertSameWeights(Yolov6Weights.Read(trained), Yolov6Weights.Read(graph));
    }

    [Fact]
    public void Build_RepVggCheckpoint_MergesItsBranches()
    {
        var training = Yolov6Network.Build(Yolov6Models.OptionsOf(Run("repvgg", seed: 5), Classes, Yolov6Form.RepVggTraining));
        var file = _folder.PathOf("weights.bin");
        SafetensorsFile.Write(file, Yolov6Weights.Read(training.Graph));

        var graph = Yolov6Models.Build(Run("repvgg", seed: 1), Classes, file);

        AssertSameWeights(RepVggMerge.Merge(Yolov6Weights.Read(training.Graph), training.Outputs.RepBlocks), Yolov6Weights.Read(graph));
    }

    [Fact]
    public void Build_OnnxFile_MatchesLayersByExecutionOrder()
    {
        var network = Yolov6Network.Build(Yolov6Models.OptionsOf(Run("repopt", seed: 5), Classes, Yolov6Form.Fused)).Graph;
        var file = _folder.PathOf("weights.bin");
        OnnxWriter.Write(network, file);

        var graph = Yolov6Models.Build(Run("repopt", seed: 1), Classes, file);

        AssertSameWeights(Yolov6Weights.Read(network), Yolov6Weights.Read(graph));
    }

    [Fact]
    public void Build_CheckpointOfAnotherWidth_NamesTheUsersFileAndTheFirstMismatches()
    {
        var wide = Yolov6Network.Build(Yolov6Options.N with { ClassCount = Classes, InputHeight = 64, InputWidth = 64 }).Graph;
        var file = _folder.PathOf("weights.bin");
        SafetensorsFile.Write(file, Yolov6Weights.Read(wide));

        var run = Run("repopt", seed: 1);
        run = run with { Model = run.Model with { Yolov6 = run.Model.Yolov6! with { Checkpoint = "mine.safetensors" } } };

        var error = Assert.Throws<CheckpointException>(() => Yolov6Models.Build(run, Classes, file));

        Assert.StartsWith("mine.safetensors does not fit the network", error.Message, StringComparison.Ordinal);
        Assert.Contains("backbone.stem.conv.weight: has", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertSameWeights(StateDict expected, StateDict actual)
    {
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), actual.Names.Order(StringComparer.Ordinal));
        Assert.All(expected, entry => Assert.Equal(entry.Value.Data, actual[entry.Key].Data));
    }

    private static RunSpecification Run(string form, int seed) => new()
    {
        Name = "model",
        Seed = seed,
        Model = new ModelSpecification { Yolov6 = new Yolov6Specification { Variant = "n", Width = 0.0625, Form = form }, InputSize = 64 },
        Data = new DataSpecification(),
    };
}
