using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Networks;
using TorchSharp;

namespace QatPipeline.Yolov6.Tests.Networks;

public sealed class Yolov6NetworkTests
{
    [Theory]
    [InlineData(0.25, Yolov6Form.RepVggTraining, 4_737_532)]
    [InlineData(0.375, Yolov6Form.RepVggTraining, 10_628_988)]
    [InlineData(0.5, Yolov6Form.RepVggTraining, 18_868_988)]
    [InlineData(0.25, Yolov6Form.HyperSearch, 4_734_876)]
    [InlineData(0.375, Yolov6Form.HyperSearch, 10_625_004)]
    [InlineData(0.5, Yolov6Form.HyperSearch, 18_863_676)]
    [InlineData(0.25, Yolov6Form.RepOpt, 4_321_708)]
    [InlineData(0.375, Yolov6Form.RepOpt, 9_702_276)]
    [InlineData(0.5, Yolov6Form.RepOpt, 17_229_404)]
    [InlineData(0.25, Yolov6Form.Fused, 4_317_212)]
    [InlineData(0.375, Yolov6Form.Fused, 9_695_532)]
    [InlineData(0.5, Yolov6Form.Fused, 17_220_412)]
    public void Build_EveryFormAndWidth_HasTheParametersOfTheReference(double width, Yolov6Form form, long expected) =>
        Assert.Equal(expected, NetworkCost.Parameters(Yolov6Network.Build(new Yolov6Options { WidthMultiple = width, Form = form }).Graph));

    [Theory]
    [InlineData(0.25, 11.04)]
    [InlineData(0.375, 24.73)]
    [InlineData(0.5, 43.87)]
    public void Build_EveryWidth_CostsWhatTheReferenceCosts(double width, double expected) =>
        Assert.Equal(
            expected,
            NetworkCost.Gigaflops(Yolov6Network.Build(new Yolov6Options { WidthMultiple = width, Form = Yolov6Form.Fused }).Graph),
            0.005);

    [Fact]
    public void Fold_RepOptNetwork_HasTheSizeOfTheFusedOne()
    {
        var graph = Yolov6Network.Build(Yolov6Options.N).Graph;
        new PassPipeline(new FoldBatchNormalization()).Run(graph);
        Assert.Equal(4_317_212, NetworkCost.Parameters(graph));
    }

    [Theory]
    [InlineData(Yolov6Form.RepVggTraining, 668)]
    [InlineData(Yolov6Form.HyperSearch, 451)]
    [InlineData(Yolov6Form.RepOpt, 318)]
    public void Expected_EveryForm_HasTheEntriesOfTheReference(Yolov6Form form, int expected)
    {
        var graph = Yolov6Network.Build(Yolov6Options.N with { Form = form }).Graph;
        var counters = graph.Nodes.Count(node => node.OpType == "BatchNormalization");
        const int HeadConstants = 2;
        Assert.Equal(expected, Yolov6Weights.Expected(graph).Count + counters + HeadConstants);
    }

    [Fact]
    public void Build_Layers_HaveNamesAndOrderOfTheReference()
    {
        var network = Yolov6Network.Build(Yolov6Options.S);
        var weights = network.Graph.Nodes.Where(node => node.OpType is "Conv" or "ConvTranspose").Select(node => node.Inputs[1]).ToList();
        Assert.Equal(58, weights.Count);
        Assert.Equal("backbone.stem.conv.weight", weights[0]);
        Assert.Equal("backbone.ERBlock_2.1.block.0.conv.weight", weights[3]);
        Assert.Equal("backbone.ERBlock_5.2.cv2.conv.weight", weights[20]);
        Assert.Equal("neck.upsample0.upsample_transpose.weight", weights[22]);
        Assert.Equal("neck.Rep_p4.conv1.conv.weight", weights[23]);
        Assert.Equal("neck.downsample2.conv.weight", weights[33]);
        Assert.Equal(
            [
                "detect.stems.0.conv.weight",
                "detect.cls_convs.0.conv.weight",
                "detect.cls_preds.0.weight",
                "detect.reg_convs.0.conv.weight",
                "detect.reg_preds.0.weight",
            ],
            weights[43..48]);
        Assert.Equal([512L, 256, 3, 3], network.Graph.Initializers[weights[16]].Dimensions);
        Assert.Equal([64L, 192, 3, 3], network.Graph.Initializers[weights[29]].Dimensions);
        Assert.Equal(35, network.Outputs.RepBlocks.Count);
        Assert.Equal(
            ["neck.Rep_p4.conv1", "neck.Rep_p3.conv1", "neck.Rep_n3.conv1", "neck.Rep_n4.conv1"],
            network.Outputs.RepBlocks.Where(
                block => block.EndsWith(".conv1", StringComparison.Ordinal) && block.StartsWith("neck", StringComparison.Ordinal)));
    }

    [Fact]
    public void Place_Quantizers_AreAsManyAsTheReferences()
    {
        var graph = Yolov6Network.Build(Yolov6Options.N).Graph;
        TargetRegistry.TensorRt.Place(graph);
        Assert.Equal(58, graph.Quantizers.Count(quantizer => quantizer.IsWeight));
        Assert.Equal(61, graph.Quantizers.Count(quantizer => !quantizer.IsWeight));
        Assert.Equal(63, graph.Quantizers.Where(quantizer => !quantizer.IsWeight).Sum(quantizer => quantizer.Uses.Count));
    }

    [Theory]
    [InlineData(Yolov6Form.RepVggTraining)]
    [InlineData(Yolov6Form.RepVggDeploy)]
    [InlineData(Yolov6Form.RepOpt)]
    [InlineData(Yolov6Form.HyperSearch)]
    [InlineData(Yolov6Form.Fused)]
    public void Forward_EveryForm_Decodes(Yolov6Form form)
    {
        var network = Yolov6Network.Build(
            new Yolov6Options { WidthMultiple = 0.125, ClassCount = 3, InputHeight = 64, InputWidth = 96, Form = form, Seed = 3 });
        using var scope = torch.NewDisposeScope();
        using var executor = new TorchNetwork(network.Graph, torch.CPU);
        var values = executor.Forward(
            torch.rand([2, 3, 64, 96], generator: new torch.Generator(1)),
            [
                Yolov6Network.OutputName,
                network.Outputs.Scores,
                network.Outputs.Distances,
                .. network.Outputs.Neck,
                .. network.Outputs.Stems,
            ]);
        var outputs = values[Yolov6Network.OutputName];
        Assert.Equal([2L, 126, 8], outputs.shape);
        Assert.Equal([2L, 16, 8, 12], values[network.Outputs.Neck[0]].shape);
        Assert.Equal([2L, 64, 2, 3], values[network.Outputs.Stems[2]].shape);

        // Fresh prediction layers give every class probability 0.01 and every side one stride.
        Assert.True(values[network.Outputs.Scores].allclose(torch.full([2, 126, 3], 0.01f)));
        Assert.Equal([12f, 4f, 16f, 16f, 1f], outputs[1, 1, ..5].data<float>().ToArray());
        Assert.Equal([16f, 16f, 64f, 64f, 1f], outputs[1, 120, ..5].data<float>().ToArray());
    }

    [Fact]
    public void Forward_KnownDistances_DecodeByTheDefinition()
    {
        var network = Yolov6Network.Build(new Yolov6Options { WidthMultiple = 0.125, ClassCount = 2, InputHeight = 32, InputWidth = 64 });
        network.Graph.Initializers["detect.reg_preds.0.bias"] = Graphs.Model.Tensor.FromFloats([4], 1, 2, 3, 5);
        using var scope = torch.NewDisposeScope();
        using var executor = new TorchNetwork(network.Graph, torch.CPU);
        var output = executor.Forward(torch.zeros(1, 3, 32, 64))[Yolov6Network.OutputName];

        // Cell (1, 0) of stride 8: x from (1.5 − 1) to (1.5 + 3), y from (0.5 − 2) to (0.5 + 5), in strides.
        Assert.Equal([20f, 16f, 32f, 56f], output[0, 1, ..4].data<float>().ToArray());
    }

    [Fact]
    public void Build_SameSeed_GivesTheSameNetwork()
    {
        var options = new Yolov6Options { WidthMultiple = 0.125, Seed = 7 };
        var (first, second) = (Yolov6Network.Build(options).Graph, Yolov6Network.Build(options).Graph);
        Assert.Equal(OnnxWriter.WriteBytes(first), OnnxWriter.WriteBytes(second));
        Assert.NotEqual(OnnxWriter.WriteBytes(first), OnnxWriter.WriteBytes(Yolov6Network.Build(options with { Seed = 8 }).Graph));
    }

    [Fact]
    public void Outputs_GraphFromAFile_AreStillKnown()
    {
        var network = Yolov6Network.Build(new Yolov6Options { WidthMultiple = 0.125 });
        using var stream = new MemoryStream(OnnxWriter.WriteBytes(network.Graph));
        var outputs = Yolov6Outputs.Of(OnnxReader.Read(stream, "yolov6.onnx"));
        Assert.Equal(network.Outputs.Scores, outputs.Scores);
        Assert.Equal(network.Outputs.Neck, outputs.Neck);
        Assert.Throws<GraphException>(() => Yolov6Outputs.Of(new Graph("other", 13)));
    }

    [Theory]
    [InlineData(100, 64, 3)]
    [InlineData(64, 0, 3)]
    [InlineData(64, 64, 0)]
    public void Build_BadOption_IsNamed(int height, int width, int classes) => Assert.Throws<ArgumentException>(
        () => Yolov6Network.Build(new Yolov6Options { InputHeight = height, InputWidth = width, ClassCount = classes }));
}
