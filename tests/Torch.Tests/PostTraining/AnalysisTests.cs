using QatPipeline.Graphs.Model;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Torch.Tests.Support;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.PostTraining;

public sealed class AnalysisTests
{
    [Fact]
    public void LayerErrors_FirstLayer_LocalEqualsAccumulated_LaterLayersGather()
    {
        using var analysis = new LayerErrorAnalysis(Calibrated(), CPU);
        analysis.Add(SmallDetectors.Batches(1, 4)[0]);

        var errors = analysis.Errors;

        Assert.Equal(["conv0", "conv1", "out"], errors.Select(error => error.Node));
        Assert.Equal(errors[0].Local.SqnrDecibel, errors[0].Accumulated.SqnrDecibel);
        Assert.All(errors, error => Assert.InRange(error.Local.SqnrDecibel, 25, 70));
        Assert.True(errors[2].Accumulated.SqnrDecibel < errors[2].Local.SqnrDecibel);
    }

    [Fact]
    public void LayerErrors_LayersThatShareAnInput_AreBothMeasured()
    {
        var graph = SmallDetectors.WithSharedInput();
        SmallDetectors.AddWeightQuantizers(graph);
        using var analysis = new LayerErrorAnalysis(graph, CPU);
        analysis.Add(SmallDetectors.Batches(1, 2)[0]);
        Assert.All(analysis.Errors, error => Assert.InRange(error.Local.SqnrDecibel, 25, 70));
    }

    [Fact]
    public void LayerErrors_DisabledLayer_IsLeftOut()
    {
        var graph = Calibrated();
        graph.Quantizers.Where(quantizer => quantizer.Name.StartsWith("conv1", StringComparison.Ordinal))
            .ToList().ForEach(quantizer => quantizer.IsEnabled = false);
        using var analysis = new LayerErrorAnalysis(graph, CPU);
        Assert.Equal(["conv0", "out"], analysis.Errors.Select(error => error.Node));
    }

    [Fact]
    public void Sensitivity_CoarseLayer_RanksFirst()
    {
        var graph = Calibrated();
        var coarse = graph.Quantizers.Single(quantizer => quantizer.Name == "conv1.input");
        coarse.Ranges = [new QuantizationRange(0, 200)];
        using var analysis = new SensitivityAnalysis(graph, device: CPU);
        SmallDetectors.Batches(2, 2).ForEach(batch => analysis.Add(batch));

        var layers = analysis.Layers;

        Assert.Equal("conv1", layers.MaxBy(layer => layer.Distortion)!.Node);
        Assert.Equal(3, layers.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BiasCorrection_TakesTheWeightsMeanErrorOut(bool withBatchNorm)
    {
        using var scope = NewDisposeScope();
        var graph = SmallDetectors.ConvChain(withBatchNorm);
        graph.Nodes.Single(node => node.Name == "conv0").Inputs.RemoveAt(2);
        SmallDetectors.AddQuantizers(graph);
        foreach (var quantizer in graph.Quantizers)
        {
            quantizer.IsEnabled = quantizer.IsWeight;
            quantizer.Ranges = [.. quantizer.Ranges.Select(range => QuantizationRange.FromAmax(range.Amax * 8))];
        }

        var batch = SmallDetectors.Batches(1, 8)[0];
        var corrected = BiasCorrection.Apply(graph, [batch], CPU);

        var (before, after) = (MeanShift(graph, graph, batch, "conv0"), MeanShift(graph, corrected, batch, "conv0"));
        Assert.Equal("conv0.corrected_bias", corrected.Nodes.Single(node => node.Name == "conv0").Input(2));
        Assert.True(before > 1e-3, $"nothing to correct: {before}");
        Assert.True(after < before / 100, $"{before} became {after}");
        Assert.True(MeanShift(graph, corrected, batch, "out") < MeanShift(graph, graph, batch, "out"));
    }

    private static Graph Calibrated()
    {
        var graph = SmallDetectors.ConvChain();
        SmallDetectors.AddQuantizers(graph);
        using var calibrator = new Calibrator(graph, device: CPU);
        calibrator.Collect(SmallDetectors.Batches(1, 8)[0]);
        return calibrator.Calibrate(CalibrationMethod.Max);
    }

    private static double MeanShift(Graph original, Graph quantized, PixelBatch batch, string value)
    {
        using var scope = NewDisposeScope();
        using var expected = new TorchNetwork(original, CPU);
        using var actual = new TorchNetwork(quantized, CPU) { Mode = ExecutionMode.FakeQuantize };
        var images = batch.ToTensor(CPU);
        return (expected.Forward(images, [value])[value] - actual.Forward(images, [value])[value])
            .mean([0, 2, 3]).abs().max().item<float>();
    }
}
