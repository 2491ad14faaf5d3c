using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Dialects;

public sealed class TensorRtDialectTests
{
    private static readonly Graph Yolov6 = DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.TensorRt);

    [Fact]
    public void Qdq_HasTheReferencesPairs()
    {
        var graph = DialectWriter.Build(Yolov6, Dialect.TensorRtQdq).Graph;

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

        var withFloats = OrtRunner.Run(DialectWriter.Build(Yolov6, Dialect.TensorRtQdq).Graph, inputs);
        var withCodes = OrtRunner.Run(
            DialectWriter.Build(Yolov6, Dialect.TensorRtQdq, new DialectOptions { FloatWeights = false }).Graph, inputs);

        Assertions.Close(withFloats, withCodes, 0);
    }

    [Fact]
    public void Cache_HasOneScaleATensorAndThoseThatFollow()
    {
        var model = DialectWriter.Build(Yolov6, Dialect.TensorRtCache);

        Assert.DoesNotContain(model.Graph.Nodes, node => node.OpType is "QuantizeLinear" or "DequantizeLinear" or "BatchNormalization");
        var scales = model.Cache!.Entries.ToDictionary(entry => entry.Tensor, entry => entry.Scale);
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

        var folded = DialectWriter.Build(Yolov6, Dialect.Float).Graph;

        Assert.DoesNotContain(folded.Nodes, node => node.OpType == "BatchNormalization");
        Assertions.Close(OrtRunner.Run(Yolov6, inputs), OrtRunner.Run(folded, inputs), 1e-4f);
    }

    [Fact]
    public void Build_Uncalibrated_NamesTheQuantizer()
    {
        var graph = DialectNetworks.ConvReluChain(1);
        QuantizerPlacement.Place(graph, new PlacementOptions());

        var error = Assert.Throws<GraphException>(() => DialectWriter.Build(graph, Dialect.TensorRtQdq));

        Assert.Contains("conv0._input_quantizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithoutQuantizers_SaysWhatToDo() =>
        Assert.Contains(
            "calibrate",
            Assert.Throws<GraphException>(() => DialectWriter.Build(DialectNetworks.ConvReluChain(1), Dialect.OrtCpu)).Message,
            StringComparison.Ordinal);
}
