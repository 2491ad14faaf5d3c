using System.Text.Json;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets;

public sealed class LintTests
{
    private static readonly Graph Symmetric =
        TargetRegistry.Build(
            TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.TensorRt), "tensorrt-qdq").Graph;

    [Fact]
    public void OrtCpu_SymmetricZeroPointAfterRelu_SaysWhichLayersStayFloatAndWhy()
    {
        var findings = TargetRegistry.OrtCpu.Lint(Symmetric).Findings
            .Where(finding => finding.Code == "stays-float")
            .ToArray();

        Assert.Equal(["conv0", "conv1", "conv2"], findings.Select(finding => finding.Nodes[0]));
        Assert.Contains("zero point", findings[0].Effect, StringComparison.Ordinal);
        Assert.Contains("ort-cpu", findings[0].Remedy, StringComparison.Ordinal);
        Assert.Contains("is not quantized", findings[2].Effect, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnForms_HaveNoWarnings()
    {
        Assert.DoesNotContain(
            TargetRegistry.TensorRt.Lint(Symmetric).Findings, finding => finding.Severity != LintSeverity.Info);
        var unsigned = TargetRegistry.Build(
            TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu), "ort-cpu").Graph;
        Assert.Empty(
            TargetRegistry.OrtCpu.Lint(unsigned).Findings
                .Where(finding => finding.Severity != LintSeverity.Info)
                .Select(finding => finding.Effect));
    }

    [Fact]
    public void PlacedGraph_IsLintedBeforeCalibration()
    {
        var graph = Yolov6Sketch.Build();
        TargetRegistry.OrtCpu.Place(graph);

        var report = TargetRegistry.OrtCpu.Lint(graph);

        Assert.Equal(56, report.Kernels.Count(kernel => kernel is { OpType: "Conv", Kernel: KernelKind.Integer }));
        Assert.DoesNotContain(graph.Nodes, node => node.OpType == "QuantizeLinear");
    }

    [Fact]
    public void Requantization_OfATensorAndOfAConcatenation_IsFound()
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt);
        var links = graph.Link();
        foreach (var node in new[] { "detect.reg_convs.0.conv", "neck.concat0" })
        {
            var quantizer = links.QuantizerAt(node, 0)!;
            quantizer.Group = null;
            quantizer.Ranges = [QuantizationRange.FromAmax(quantizer.Ranges[0].Amax * 2)];
        }

        var effects = TargetRegistry.TensorRt.Lint(graph).Findings
            .Where(finding => finding.Code == "requantized")
            .Select(finding => finding.Effect)
            .ToArray();

        Assert.Contains(effects, effect => effect.Contains("detect.stems.0.act.mul.out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "unsigned-codes")]
    [InlineData(1, "pair-before-activation")]
    [InlineData(2, "stays-float")]
    public void TensorRt_Obstacles_AreNamed(int flaw, string code)
    {
        var graph = flaw == 0
            ? TargetRegistry.Build(
                TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(2), TargetRegistry.OrtCpu), "ort-cpu").Graph
            : Symmetric.Clone();
        if (flaw == 1)
        {
            // The pair in front of the next layer moves before the Relu.
            var relu = graph.Nodes.Find(node => node.Name == "act0")!;
            var quantize = graph.Nodes.Find(node => node.Name == "conv1._input_quantizer.QuantizeLinear")!;
            var dequantize = graph.Nodes.Find(node => node.Name == "conv1._input_quantizer.DequantizeLinear")!;
            var conv = graph.Nodes.Find(node => node.Name == "conv1")!;
            (quantize.Inputs[0], relu.Inputs[0], conv.Inputs[0]) = (relu.Inputs[0], dequantize.Outputs[0], relu.Outputs[0]);
        }
        else if (flaw == 2)
        {
            var conv = graph.Nodes.Find(node => node.Name == "conv1")!;
            conv.Inputs[0] = "act0.out";
        }

        Assert.Contains(TargetRegistry.TensorRt.Lint(graph).Findings, finding => finding.Code == code);
    }

    [Fact]
    public void FloatGraph_IsSaidToBeFloat() =>
        Assert.Equal(
            "not-quantized", Assert.Single(TargetRegistry.OrtCpu.Lint(TargetNetworks.ConvReluChain(1)).Findings).Code);

    [Fact]
    public void Report_SerialisesWithNames()
    {
        var json = JsonSerializer.Serialize(TargetRegistry.OrtCpu.Lint(Symmetric));

        Assert.Contains("\"Target\":\"ort-cpu\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Severity\":\"Warning\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Kernel\":\"Float\"", json, StringComparison.Ordinal);
    }
}
