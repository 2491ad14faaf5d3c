using System.Collections.Concurrent;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Passes;

/// <summary>Every pass on every real model: outputs within 1e-5 of the original.</summary>
public sealed class ModelPassTests
{
    private static readonly Dictionary<string, Action<Graph>> Passes = new(StringComparer.Ordinal)
    {
        [nameof(RemoveIdentity)] = graph => new RemoveIdentity().Apply(graph),
        [nameof(RemoveDeadNodes)] = graph => new RemoveDeadNodes().Apply(graph),
        [nameof(FoldConstants)] = graph => new FoldConstants().Apply(graph),
        [nameof(FoldBatchNormalization)] = graph => new FoldBatchNormalization().Apply(graph),
        [nameof(FoldBatchNormalizationThroughQuantizer)] = graph => new FoldBatchNormalizationThroughQuantizer().Apply(graph),
        [nameof(FuseSilu)] = graph => new FuseSilu().Apply(graph),
        [nameof(FuseHardSwish)] = graph => new FuseHardSwish().Apply(graph),
        [nameof(LiftQuantizers)] = graph => new LiftQuantizers().Apply(graph),
        [nameof(GraphSimplifier.Simplify)] = graph => GraphSimplifier.Simplify(graph),
        [nameof(GraphSimplifier.Deploy)] = graph => GraphSimplifier.Deploy(graph),
    };

    private static readonly ConcurrentDictionary<string, Dictionary<string, Tensor>> Originals = new(StringComparer.Ordinal);

    public static MatrixTheoryData<string, string> Cases() => new(
        Passes.Keys,
        [
            "onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx",
            "onnx_quant_fixtures/neu_det_cnn/model_int8.onnx",
            "onnx_quant_fixtures/polygraphy/residual_block.onnx",
            "onnx_quant_fixtures/polygraphy/conv.onnx",
            "onnx_quant_fixtures/polygraphy/qdq_conv.onnx",
            "onnx_quant_fixtures/torch_qat_conv/model_int8.onnx",
            "onnx_quant_fixtures/torch_qat_conv/model_int8_opt.onnx",
            "yolov6lite_s/yolov6lite_s_320x320.onnx",
        ]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pass_KeepsTheNumbers(string pass, string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file));
        var inputs = RandomTensors.InputsOf(graph, seed: 5);
        var expected = Originals.GetOrAdd(file, _ => OrtRunner.Run(graph, inputs));

        Passes[pass](graph);

        Assertions.Close(expected, OrtRunner.Run(QuantizerSimulation.Expand(graph), inputs), tolerance: 1e-5f);
    }

    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/qdq_conv.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8.onnx")]
    public void LiftQuantizers_LeavesNoQuantizeNodes(string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file));

        new LiftQuantizers().Apply(graph);

        Assert.DoesNotContain(graph.Nodes, node => node.OpType is "QuantizeLinear" or "DequantizeLinear");
        Assert.NotEmpty(graph.Quantizers);
        Assert.All(graph.Quantizers, quantizer => Assert.True(quantizer.IsCalibrated));
    }
}
