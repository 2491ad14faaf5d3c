using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Tests.Support;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.Execution;

public sealed class TorchNetworkTests
{
    private static string ModelPath => TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx");

    [Fact]
    public void Forward_RealDetector_EqualsOnnxRuntime()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(ModelPath);
        var inputs = RandomTensors.InputsOf(graph, seed: 7);

        var expected = OrtRunner.Run(graph, inputs);
        var actual = SmallGraphs.Run(graph, inputs);

        Assertions.Close(expected, actual, 1e-4f);
    }

    [Fact]
    public void Forward_LargerBatchThanDeclared_EqualsImagesAlone()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(OnnxReader.Read(ModelPath), CPU);
        var images = RandomTensors.Uniform(3, 0, 1, 3, 3, 320, 320).ToTorch();

        var together = network.Forward(images)["out0"];

        Assert.Equal([3, 2125, 85], together.shape);
        for (var image = 0; image < 3; image++)
        {
            var alone = network.Forward(images.narrow(0, image, 1))["out0"];
            Assert.True(allclose(alone, together.narrow(0, image, 1), 1e-4, 1e-4));
        }
    }

    [Theory]
    [InlineData("rows of all images together", 1L)]
    [InlineData("the first image's index", 1L)]
    [InlineData("the first axis taken away", 1L)]
    [InlineData("rows of two images together", 2L)]
    [InlineData("the batch left alone", null)]
    public void Forward_LargerBatchThanTheGraphKeepsApart_EqualsImagesAlone(string kind, long? limit)
    {
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(BatchCases.Of(kind), CPU);
        var images = RandomTensors.Uniform(3, 0, 1, 6, 3, 4, 4).ToTorch();

        var together = network.Forward(images)["y"];

        Assert.Equal(limit, network.PassLimit);
        var alone = images.split(limit ?? 1).Select(part => network.Forward(part)["y"]).ToArray();
        Assert.True(allclose(cat(alone), together));
    }

    [Fact]
    public void Forward_LargerBatchInTraining_HasTheGradientsOfImagesAlone()
    {
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(BatchCases.Of("rows of all images together"), CPU) { IsTraining = true };
        var images = RandomTensors.Uniform(3, 0, 1, 4, 3, 4, 4).ToTorch();

        network.Forward(images)["y"].square().sum().backward();
        var together = network.Parameters.Select(parameter => parameter.Value.grad!.clone()).ToArray();
        foreach (var parameter in network.Parameters)
        {
            parameter.Value.grad!.zero_();
        }

        foreach (var image in images.split(1))
        {
            network.Forward(image)["y"].square().sum().backward();
        }

        Assert.All(network.Parameters.Zip(together), pair => Assert.True(allclose(pair.First.Value.grad!, pair.Second, 1e-5, 1e-6)));
    }

    [Fact]
    public void Forward_WantedValue_RunsOnlyWhatItNeeds()
    {
        using var scope = NewDisposeScope();
        var graph = SmallDetectors.ConvChain();
        graph.Nodes[^1].Inputs[1] = "no such constant";
        using var network = new TorchNetwork(graph, CPU);

        var values = network.Forward(ones(1, 3, 16, 16), ["relu0"]);

        Assert.Equal([1, 8, 16, 16], values["relu0"].shape);
    }

    [Fact]
    public void Forward_UnknownWantedValue_SaysSo()
    {
        using var network = new TorchNetwork(SmallDetectors.ConvChain(), CPU);
        using var input = ones(1, 3, 16, 16);
        Assert.Contains(
            "'nothing'", Assert.Throws<TorchExecutionException>(() => network.Forward(input, ["nothing"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_LeavesNothingButTheResultsInTheScope()
    {
        using var network = new TorchNetwork(SmallDetectors.ConvChain(), CPU);
        using var input = ones(1, 3, 16, 16);
        using var scope = NewDisposeScope();

        network.Forward(input);

        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Observe_ShowsEveryQuantizedTensorOnce()
    {
        using var scope = NewDisposeScope();
        var graph = SmallDetectors.ConvChain();
        SmallDetectors.AddQuantizers(graph);
        graph.Quantizers[0].Uses.Add(graph.Quantizers[0].Uses[0]);
        using var network = new TorchNetwork(SmallDetectors.WithSharedInput(), CPU);
        var observer = new RecordingObserver();
        network.Observer = observer;
        network.Mode = ExecutionMode.Observe;

        network.Forward(ones(1, 3, 16, 16));

        Assert.Equal(["shared.input", "out.input"], observer.Names);
    }

    [Fact]
    public void FakeQuantize_EqualsOnnxRuntimeOnTheQuantizedGraph()
    {
        using var scope = NewDisposeScope();
        var graph = SmallDetectors.ConvChain();
        SmallDetectors.AddQuantizers(graph);
        var image = RandomTensors.Uniform(5, 0, 1, 1, 3, 16, 16);
        using var network = new TorchNetwork(graph, CPU) { Mode = ExecutionMode.FakeQuantize };

        var actual = network.Forward(image.ToTorch())["out"].ToGraph();
        var expected = OrtRunner.Run(SmallDetectors.WithQdqNodes(graph), new Dictionary<string, GraphTensor> { ["images"] = image })["out"];

        Assertions.Close(expected, actual, 1e-5f);
    }

    [Fact]
    public void BatchNormalization_Training_UpdatesRunningStatisticsWithItsMomentum()
    {
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(SmallDetectors.ConvChain(withBatchNorm: true), CPU)
        {
            IsTraining = true,
            UsesBatchStatistics = true,
        };
        var before = network.Buffers[0].Value.clone();
        var input = RandomTensors.Uniform(1, 0, 1, 2, 3, 16, 16).ToTorch();
        var conv = network.Forward(input, ["conv0"])["conv0"];

        network.Forward(input);

        var expected = (before * 0.97) + (conv.detach().mean([0, 2, 3]) * 0.03);
        Assert.True(allclose(expected, network.Buffers[0].Value, 1e-5, 1e-6));
    }

    [Fact]
    public void WriteBack_StoresTrainedWeights()
    {
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(SmallDetectors.ConvChain(), CPU);
        using (no_grad())
        {
            network.Parameters[0].Value.mul_(2);
        }

        var written = network.WriteBack();

        var name = network.Parameters[0].Name;
        Assert.Equal(network.Graph.Initializers[name].ToFloats().Select(weight => weight * 2), written.Initializers[name].ToFloats());
    }

    private sealed class RecordingObserver : ITensorObserver
    {
        public List<string> Names { get; } = [];

        public void Observe(Quantizer quantizer, Tensor value) => Names.Add(quantizer.Name);
    }
}
