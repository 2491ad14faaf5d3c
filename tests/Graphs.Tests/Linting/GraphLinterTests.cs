using System.Text.Json;
using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Tests.Dialects;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Linting;

public sealed class GraphLinterTests
{
    private static readonly Graph Symmetric =
        DialectWriter.Build(
            DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(3), QuantizationTarget.TensorRt), Dialect.TensorRtQdq).Graph;

    [Fact]
    public void OrtCpu_SymmetricZeroPointAfterRelu_SaysWhichLayersStayFloatAndWhy()
    {
        var findings = GraphLinter
            .Lint(Symmetric, QuantizationTarget.OrtCpu).Findings
            .Where(finding => finding.Code == "stays-float")
            .ToArray();

        Assert.Equal(["conv0", "conv1", "conv2"], findings.Select(finding => finding.Nodes[0]));
        Assert.Contains("zero point", findings[0].Effect, StringComparison.Ordinal);
        Assert.Contains("ort-cpu", findings[0].Remedy, StringComparison.Ordinal);
        Assert.Contains("is not quantized", findings[2].Effect, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnDialects_HaveNoWarnings()
    {
        Assert.DoesNotContain(
            GraphLinter.Lint(Symmetric, QuantizationTarget.TensorRt).Findings, finding => finding.Severity != LintSeverity.Info);
        var unsigned = DialectWriter.Build(
            DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.OrtCpu), Dialect.OrtCpu).Graph;
        Assert.Empty(
            GraphLinter
                .Lint(unsigned, QuantizationTarget.OrtCpu).Findings
                .Where(finding => finding.Severity != LintSeverity.Info)
                .Select(finding => finding.Effect));
    }

    [Fact]
    public void PlacedGraph_IsLintedBeforeCalibration()
    {
        var graph = Yolov6Sketch.Build();
        QuantizerPlacement.Place(graph, new PlacementOptions { Target = QuantizationTarget.OrtCpu });

        var report = GraphLinter.Lint(graph, QuantizationTarget.OrtCpu);

        Assert.Equal(56, report.Kernels.Count(kernel => kernel is { OpType: "Conv", Kernel: KernelKind.Integer }));
        Assert.DoesNotContain(graph.Nodes, node => node.OpType == "QuantizeLinear");
    }

    [Fact]
    public void Requantization_OfATensorAndOfAConcatenation_IsFound()
    {
        var graph = DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.TensorRt);
        var links = graph.Link();
        foreach (var node in new[] { "detect.reg_convs.0.conv", "neck.concat0" })
        {
            var quantizer = links.QuantizerAt(node, 0)!;
            quantizer.Group = null;
            quantizer.Ranges = [QuantizationRange.FromAmax(quantizer.Ranges[0].Amax * 2)];
        }

        var effects = GraphLinter
            .Lint(graph, QuantizationTarget.TensorRt).Findings
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
            ? DialectWriter.Build(
                DialectNetworks.Calibrated(DialectNetworks.ConvReluChain(2), QuantizationTarget.OrtCpu), Dialect.OrtCpu).Graph
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

        Assert.Contains(GraphLinter.Lint(graph, QuantizationTarget.TensorRt).Findings, finding => finding.Code == code);
    }

    [Fact]
    public void FloatGraph_IsSaidToBeFloat() =>
        Assert.Equal(
            "not-quantized", Assert.Single(GraphLinter.Lint(DialectNetworks.ConvReluChain(1), QuantizationTarget.OrtCpu).Findings).Code);

    [Fact]
    public void Report_SerialisesWithNames()
    {
        var json = JsonSerializer.Serialize(GraphLinter.Lint(Symmetric, QuantizationTarget.OrtCpu));

        Assert.Contains("\"Target\":\"OrtCpu\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Severity\":\"Warning\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Kernel\":\"Float\"", json, StringComparison.Ordinal);
    }
}
