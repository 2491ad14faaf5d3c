using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Targets.TensorRt;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets.TensorRt;

public sealed class TensorRtFormTests
{
    private static readonly Graph Yolov6 = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt);

    [Fact]
    public void Qdq_HasTheReferencesPairs()
    {
        var graph = TargetRegistry.Build(Yolov6, "tensorrt-qdq").Graph;

        Assert.Equal(121, graph.Nodes.Count(node => node.OpType == "QuantizeLinear"));
        Assert.Equal(121, graph.Nodes.Count(node => node.OpType == "DequantizeLinear"));
        Assert.DoesNotContain(graph.Nodes, node => node.OpType == "BatchNormalization");
        Assert.DoesNotContain(graph.Initializers.Values, tensor => tensor.Type == ElementType.UInt8);
        Assert.All(
            graph.Initializers.Where(pair => pair.Key.EndsWith(".zero_point", StringComparison.Ordinal)),
            pair => Assert.All(pair.Value.ToLongs(), code => Assert.Equal(0, code)));
    }

    [Fact]
    public void Qdq_IntegerWeights_ComputeTheSame()
    {
        var inputs = RandomTensors.InputsOf(Yolov6, seed: 5);

        var withFloats = OrtRunner.Run(TargetRegistry.Build(Yolov6, "tensorrt-qdq").Graph, inputs);
        var withCodes = OrtRunner.Run(
            TargetRegistry.Build(Yolov6, "tensorrt-qdq", new FormOptions { FloatWeights = false }).Graph, inputs);

        Assertions.Close(withFloats, withCodes, 0);
    }

    [Fact]
    public void Implicit_Cache_HasAScaleForEachTensorAndThoseThatFollow()
    {
        var model = Assert.IsType<TensorRtImplicitModel>(TargetRegistry.Build(Yolov6, "tensorrt-implicit"));

        Assert.DoesNotContain(model.Graph.Nodes, node => node.OpType is "QuantizeLinear" or "DequantizeLinear" or "BatchNormalization");
        var scales = model.Cache.Entries.ToDictionary(entry => entry.Tensor, entry => entry.Scale);
        var links = Yolov6.Link();
        var quantized = Yolov6.Nodes
            .SelectMany(node => node.Inputs.Where((_, index) => links.QuantizerAt(node.Name, index) is { IsWeight: false }))
            .Distinct()
            .ToArray();
        Assert.Equal(58, quantized.Length);
        Assert.All(quantized, tensor => Assert.Contains(tensor, scales.Keys));

        // What reference 7.3 adds: a concatenation's other inputs, the last pool's output, the tensor before a Relu, Sigmoid outputs.
        Assert.Equal(scales["neck.concat2.out"], scales["neck.downsample2.act.out"]);
        Assert.Equal(scales["backbone.ERBlock_5.2.concat.out"], scales["backbone.ERBlock_5.2.m_2.out"]);
        Assert.Equal(scales["backbone.stem.nonlinearity.out"], scales["backbone.stem.bn.out"]);
        Assert.Equal(1f / 127, scales["detect.stems.0.act.sigmoid.out"]);
        var names = model.Graph.Inputs.Select(input => input.Name).Concat(model.Graph.Nodes.SelectMany(node => node.Outputs)).ToHashSet();
        Assert.All(scales.Keys, tensor => Assert.Contains(tensor, names));
    }

    [Fact]
    public void Float_EqualsTheOriginal()
    {
        var inputs = RandomTensors.InputsOf(Yolov6, seed: 5);

        var folded = TargetRegistry.Build(Yolov6, "float").Graph;

        Assert.DoesNotContain(folded.Nodes, node => node.OpType == "BatchNormalization");
        Assertions.Close(OrtRunner.Run(Yolov6, inputs), OrtRunner.Run(folded, inputs), 1e-4f);
    }

    [Fact]
    public void Build_Uncalibrated_NamesTheQuantizer()
    {
        var graph = TargetNetworks.ConvReluChain(1);
        TargetRegistry.TensorRt.Place(graph);

        var error = Assert.Throws<GraphException>(() => TargetRegistry.Build(graph, "tensorrt-qdq"));

        Assert.Contains("conv0._input_quantizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithoutQuantizers_SaysWhatToDo() =>
        Assert.Contains(
            "calibrate",
            Assert.Throws<GraphException>(() => TargetRegistry.Build(TargetNetworks.ConvReluChain(1), "ort-cpu")).Message,
            StringComparison.Ordinal);
}
