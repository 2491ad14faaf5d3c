using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Native;
using QatPipeline.Yolov6.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>Networks with suppression in the graph, in the executor.</summary>
public sealed class SuppressionTests
{
    private static readonly Yolov6Options Small = new()
    {
        WidthMultiple = 0.125,
        ClassCount = 3,
        InputHeight = 64,
        InputWidth = 64,
        MaxDetections = 20,
        ScoreThreshold = 0,
        Seed = 5,
    };

    [Fact]
    public void Plugin_GivesWhatTheStandardOperatorsGive() => TorchThread.Run(() =>
    {
        using var scope = NewDisposeScope();
        var image = rand(2, 3, 64, 64, generator: new Generator(2));
        var expected = Run(EndToEnd.OnnxRuntime, image);
        var found = Run(EndToEnd.TensorRt8, image);

        Assert.InRange(expected["num_dets"].to(ScalarType.Float32).min().item<float>(), 2, 20);
        foreach (var (name, values) in expected)
        {
            var (wanted, actual) = (values.to(ScalarType.Float32), found[name].to(ScalarType.Float32));
            Assert.Equal(wanted.shape, actual.shape);
            Assert.True(wanted.allclose(actual, rtol: 1e-4, atol: 1e-3), name);
        }

        return true;
    });

    private static Dictionary<string, torch.Tensor> Run(EndToEnd suppression, torch.Tensor image)
    {
        var graph = Yolov6Network.Build(Small with { EndToEnd = suppression }).Graph;
        Untie(graph);
        using var network = new TorchNetwork(graph);
        return network.Forward(image.to(network.Device)).ToDictionary(output => output.Key, output => output.Value.cpu());
    }

    // Untrained, every anchor has the same score.
    private static void Untie(Graph graph)
    {
        var random = new Random(3);
        foreach (var name in graph.Initializers.Keys.Where(name => name.Contains("cls_pred", StringComparison.Ordinal)
            && graph.Initializers[name].Rank == 4).Order().ToArray())
        {
            var values = graph.Initializers[name];
            graph.Initializers[name] = QatPipeline.Graphs.Model.Tensor.FromFloats(
                values.Dimensions, [.. values.ToFloats().Select(value => value + (float)((4 * random.NextDouble()) - 1))]);
        }
    }
}
