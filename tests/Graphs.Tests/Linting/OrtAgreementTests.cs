using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Reading;
using QatPipeline.Graphs.Tests.Dialects;
using QatPipeline.Graphs.Tests.Placement;

namespace QatPipeline.Graphs.Tests.Linting;

/// <summary>The prediction for ONNX Runtime agrees with its optimized graph, node for node.</summary>
public sealed class OrtAgreementTests
{
    [Fact]
    public void ConvReluChain() =>
        AssertAgrees(
            DialectWriter.Build(
                DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(3), QuantizationTarget.OrtCpu), Dialect.OrtCpu).Graph);

    [Fact]
    public void ConvReluChain_Symmetric() =>
        AssertAgrees(
            DialectWriter.Build(
                DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(3), QuantizationTarget.TensorRt), Dialect.TensorRtQdq).Graph);

    [Fact]
    public void ConvReluChain_PairsAroundRelu() => AssertAgrees(DialectNetworks.WithPairsAroundRelu(3));

    [Fact]
    public void Yolov6() =>
        AssertAgrees(
            DialectWriter.Build(DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.OrtCpu), Dialect.OrtCpu).Graph);

    [Fact]
    public void Yolov6_Symmetric() =>
        AssertAgrees(
            DialectWriter.Build(DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.TensorRt), Dialect.TensorRtQdq).Graph);

    [Theory]
    [InlineData("backbone.ERBlock_3.1.block.0.conv")]
    [InlineData("backbone.ERBlock_5.2.cv1.conv", "neck.Rep_p4.conv1.conv", "detect.stems.1.conv")]
    public void Yolov6_PartiallyQuantized(params string[] floatLayers)
    {
        var graph = DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.OrtCpu);
        QuantizerSelection.Disable(graph, floatLayers);

        var model = DialectWriter.Build(graph, Dialect.OrtCpu).Graph;

        AssertAgrees(model);
        var kernels = GraphLinter.Lint(model, QuantizationTarget.OrtCpu).Kernels.ToDictionary(
            prediction => prediction.Node, prediction => prediction.Kernel);
        Assert.All(floatLayers, layer => Assert.Equal(KernelKind.Float, kernels[layer]));
        Assert.Equal(56 - floatLayers.Length, graph.Nodes.Count(node => node.OpType == "Conv" && kernels[node.Name] == KernelKind.Integer));
    }

    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8_opt.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/qdq_conv.onnx")]
    public void Fixture(string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file.Split('/')));
        AssertAgrees(graph);
        AssertAgrees(DialectWriter.Build(graph, Dialect.OrtCpu).Graph);
    }

    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx", QuantizationTarget.OrtCpu)]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx", QuantizationTarget.TensorRt)]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx", QuantizationTarget.OrtCpu)]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx", QuantizationTarget.TensorRt)]
    public void FloatFixture_QuantizedByUs(string file, QuantizationTarget target) => AssertQuantizedAgrees(file, target);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(QuantizationTarget.OrtCpu)]
    [InlineData(QuantizationTarget.TensorRt)]
    public void Yolov6Lite_QuantizedByUs(QuantizationTarget target) =>
        AssertQuantizedAgrees("yolov6lite_s/yolov6lite_s_320x320.onnx", target);

    private static void AssertQuantizedAgrees(string file, QuantizationTarget target)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file.Split('/')));
        GraphSimplifier.Simplify(graph);
        AssertAgrees(
            DialectWriter.Build(
                DialectNetworks.Calibrated(graph, target),
                target == QuantizationTarget.OrtCpu ? Dialect.OrtCpu : Dialect.TensorRtQdq).Graph);
    }

    private static void AssertAgrees(Graph graph)
    {
        var predicted = GraphLinter.Lint(graph, QuantizationTarget.OrtCpu).Kernels;
        var actual = ActualKernels.Of(graph);

        var differences = predicted
            .Where(prediction => actual.TryGetValue(prediction.Node, out var kernel) && kernel != prediction.Kernel)
            .Select(prediction => $"{prediction.OpType} '{prediction.Node}': predicted {prediction.Kernel}, is {actual[prediction.Node]}");
        var vanished = predicted
            .Where(prediction => prediction.Kernel == KernelKind.Integer && !actual.ContainsKey(prediction.Node))
            .Select(prediction => $"{prediction.OpType} '{prediction.Node}': predicted Integer, is gone");
        Assert.Empty(differences.Concat(vanished));
    }
}
