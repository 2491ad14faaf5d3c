using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using TorchSharp;

namespace QatPipeline.Yolov6.Tests.Networks;

public sealed class Yolov6WeightsTests
{
    private static readonly Yolov6Options Small = new() { WidthMultiple = 0.125, ClassCount = 3, InputHeight = 64, InputWidth = 64 };

    [Fact]
    public void Load_WholeCheckpoint_LeavesNothingOver()
    {
        var source = Yolov6Network.Build(Small with { Form = Yolov6Form.HyperSearch, Seed = 1 });
        var state = Yolov6Weights.Read(source.Graph);
        Assert.Equal([state["backbone.stem.conv.weight"].Shape[0]], state["backbone.stem.scale_conv.weight"].Shape);
        state.Set("backbone.stem.bn.num_batches_tracked", [], [5]);
        state.Set("detect.proj", [17], new float[17]);
        state.Set("detect.proj_conv.weight", [1, 17, 1, 1], new float[17]);
        var (loaded, report) = Yolov6Weights.Load(Yolov6Network.Build(Small with { Form = Yolov6Form.HyperSearch, Seed = 2 }).Graph, state);
        Assert.True(report.IsExact, report.ToString());
        Assert.Equal(OnnxWriter.WriteBytes(source.Graph), OnnxWriter.WriteBytes(loaded));
    }

    [Fact]
    public void Load_AnotherClassCount_LeavesTheClassPredictionsOut()
    {
        var state = Yolov6Weights.Read(Yolov6Network.Build(Small).Graph);
        var (_, report) = Yolov6Weights.Load(Yolov6Network.Build(Small with { ClassCount = 5 }).Graph, state);
        Assert.Equal(6, report.Mismatched.Count);
        Assert.All(report.Mismatched, text => Assert.StartsWith("detect.cls_preds.", text, StringComparison.Ordinal));
        Assert.Throws<CheckpointException>(() => report.RequireComplete("x.pt"));
    }

    [Fact]
    public void Merge_Branches_ComputesWhatTheyDo()
    {
        var training = Yolov6Network.Build(Small with { Form = Yolov6Form.RepVggTraining, Seed = 1 });
        var random = Randomized(training.Graph);
        var merged = RepVggMerge.Merge(Yolov6Weights.Read(random), training.Outputs.RepBlocks);
        var (deploy, report) = Yolov6Weights.Load(Yolov6Network.Build(Small with { Form = Yolov6Form.RepVggDeploy }).Graph, merged);
        Assert.True(report.IsExact, report.ToString());
        AssertSameOutput(random, deploy);
        Assert.Throws<CheckpointException>(() => RepVggMerge.Merge(Yolov6Weights.Read(deploy), training.Outputs.RepBlocks));
    }

    [Fact]
    public void FromExecutionOrder_AnonymousWeights_AreMatched()
    {
        var fused = Yolov6Network.Build(Small with { Form = Yolov6Form.Fused, Seed = 4 });
        var anonymous = fused.Graph.Clone();
        foreach (var node in anonymous.Nodes.Where(node => node.OpType is "Conv" or "ConvTranspose"))
        {
            for (var input = 1; input < node.Inputs.Count; input++)
            {
                var name = $"onnx::Conv_{anonymous.Initializers.Count}";
                anonymous.Initializers.Add(name, anonymous.Initializers[node.Inputs[input]]);
                node.Inputs[input] = name;
            }
        }

        var state = Yolov6Weights.FromExecutionOrder(anonymous, Yolov6Network.Build(Small with { Form = Yolov6Form.Fused }).Graph);
        Assert.All(Yolov6Weights.Read(fused.Graph), entry => Assert.Equal(entry.Value.Data, state[entry.Key].Data));
        Assert.Throws<CheckpointException>(() => Yolov6Weights.FromExecutionOrder(
            anonymous, Yolov6Network.Build(Small with { Form = Yolov6Form.Fused, WidthMultiple = 0.25 }).Graph));
    }

    private static Graph Randomized(Graph graph)
    {
        var random = new WeightRandom(9);
        var copy = graph.Clone();
        foreach (var (name, _) in Yolov6Weights.Expected(graph))
        {
            var tensor = graph.Initializers[name];
            var (low, high) = name.EndsWith("running_var", StringComparison.Ordinal) ? (0.5, 1.5)
                : tensor.Rank == 1 ? (-0.5, 1)
                : (-0.1, 0.1);
            copy.Initializers[name] = Graphs.Model.Tensor.FromFloats(tensor.Dimensions, random.Uniform((int)tensor.Length, low, high));
        }

        return copy;
    }

    private static void AssertSameOutput(Graph expected, Graph actual)
    {
        using var scope = torch.NewDisposeScope();
        using var first = new TorchNetwork(expected, torch.CPU);
        using var second = new TorchNetwork(actual, torch.CPU);
        var image = torch.rand([1, 3, 64, 64], generator: new torch.Generator(1));
        var (a, b) = (first.Forward(image)[Yolov6Network.OutputName], second.Forward(image)[Yolov6Network.OutputName]);
        Assert.True((a.std() > 1e-2).item<bool>());
        Assert.True(a.allclose(b, 1e-3, 1e-3), $"{(a - b).abs().max().item<float>()}");
    }
}
