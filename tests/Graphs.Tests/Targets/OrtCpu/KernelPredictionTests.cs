using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Quantizers;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

/// <summary>The prediction for ONNX Runtime agrees with its optimized graph, node for node.</summary>
public sealed class KernelPredictionTests
{
    [Fact]
    public void Predict_ConvReluChain_AgreesWithTheRuntime() =>
        AssertAgrees(
            TargetRegistry.Build(
                TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.OrtCpu), "ort-cpu").Graph);

    [Fact]
    public void Predict_SymmetricConvReluChain_AgreesWithTheRuntime() =>
        AssertAgrees(
            TargetRegistry.Build(
                TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.TensorRt), "tensorrt-qdq").Graph);

    [Fact]
    public void Predict_PairsAroundRelu_AgreesWithTheRuntime() => AssertAgrees(TargetNetworks.WithPairsAroundRelu(3));

    [Fact]
    public void Predict_Yolov6_AgreesWithTheRuntime() =>
        AssertAgrees(
            TargetRegistry.Build(TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu), "ort-cpu").Graph);

    [Fact]
    public void Predict_SymmetricYolov6_AgreesWithTheRuntime() =>
        AssertAgrees(
            TargetRegistry.Build(TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt), "tensorrt-qdq").Graph);

    [Theory]
    [InlineData("backbone.ERBlock_3.1.block.0.conv")]
    [InlineData("backbone.ERBlock_5.2.cv1.conv", "neck.Rep_p4.conv1.conv", "detect.stems.1.conv")]
    public void Predict_PartiallyQuantizedYolov6_AgreesWithTheRuntime(params string[] floatLayers)
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu);
        TargetRegistry.Of(graph).LeaveFloat(graph, floatLayers);

        var model = TargetRegistry.Build(graph, "ort-cpu").Graph;

        AssertAgrees(model);
        var kernels = TargetRegistry.OrtCpu.Lint(model).Kernels.ToDictionary(
            prediction => prediction.Node, prediction => prediction.Kernel);
        Assert.All(floatLayers, layer => Assert.Equal(KernelKind.Float, kernels[layer]));
        Assert.Equal(56 - floatLayers.Length, graph.Nodes.Count(node => node.OpType == "Conv" && kernels[node.Name] == KernelKind.Integer));
    }

    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8_opt.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/qdq_conv.onnx")]
    public void Predict_ForeignModel_AgreesWithTheRuntime(string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file.Split('/')));
        AssertAgrees(graph);
        AssertAgrees(TargetRegistry.Build(graph, "ort-cpu").Graph);
    }

    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx", "ort-cpu")]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx", "tensorrt")]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx", "ort-cpu")]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx", "tensorrt")]
    public void FloatFixture_QuantizedByUs(string file, string target) => AssertQuantizedAgrees(file, target);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("ort-cpu")]
    [InlineData("tensorrt")]
    public void Yolov6Lite_QuantizedByUs(string target) =>
        AssertQuantizedAgrees("yolov6lite_s/yolov6lite_s_320x320.onnx", target);

    private static void AssertQuantizedAgrees(string file, string name)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var graph = OnnxReader.Read(TestData.PathOf(file.Split('/')));
        GraphSimplifier.Simplify(graph);
        var target = TargetRegistry.Get(name);
        AssertAgrees(target.Build(TargetNetworks.Calibrated(graph, target), target.Forms[0]).Graph);
    }

    private static void AssertAgrees(Graph graph)
    {
        var predicted = TargetRegistry.OrtCpu.Lint(graph).Kernels;
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
