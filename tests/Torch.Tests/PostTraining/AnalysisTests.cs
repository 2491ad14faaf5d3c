using QatPipeline.Torch.PostTraining;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests;

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
    public void LayerErrors_DisabledLayer_IsLeftOut()
    {
        var graph = Calibrated();
        graph.Quantizers.Where(quantizer => quantizer.Name.StartsWith("conv1", StringComparison.Ordinal)).ToList().ForEach(quantizer => quantizer.IsEnabled = false);
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

    [Fact]
    public void BiasCorrection_MakesChannelMeansEqual()
    {
        using var scope = NewDisposeScope();
        var graph = Calibrated();
        graph.Quantizers.Single(quantizer => quantizer.Name == "conv1.input").Ranges = [new QuantizationRange(0, 20)];
        var batch = SmallDetectors.Batches(1, 8)[0];

        var before = MeanShift(graph, graph, batch);
        var after = MeanShift(graph, BiasCorrection.Apply(graph, batch, device: CPU), batch);

        Assert.True(before > 1e-3, $"nothing to correct: {before}");
        Assert.True(after < before / 100, $"{before} became {after}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BiasCorrection_WithoutBias_AddsOneOrShiftsTheNormalization(bool withBatchNorm)
    {
        var graph = SmallDetectors.ConvChain(withBatchNorm);
        var conv = graph.Nodes.Single(node => node.Name == "conv0");
        conv.Inputs.RemoveAt(2);
        SmallDetectors.AddQuantizers(graph);
        var batch = SmallDetectors.Batches(1, 8)[0];

        var corrected = BiasCorrection.Apply(graph, batch, device: CPU);

        Assert.Equal(withBatchNorm ? null : "conv0.corrected_bias", corrected.Nodes.Single(node => node.Name == "conv0").Input(2));
        Assert.True(MeanShift(graph, corrected, batch) < 1e-4);
    }

    private static Graph Calibrated()
    {
        var graph = SmallDetectors.ConvChain();
        SmallDetectors.AddQuantizers(graph);
        using var calibrator = new Calibrator(graph, device: CPU);
        calibrator.Collect(SmallDetectors.Batches(1, 8)[0]);
        return calibrator.Calibrate(CalibrationMethod.Max);
    }

    private static double MeanShift(Graph original, Graph quantized, PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        using var expected = new TorchNetwork(original, CPU);
        using var actual = new TorchNetwork(quantized, CPU) { Mode = ExecutionMode.FakeQuantize };
        var images = batch.ToTensor(CPU);
        return (expected.Forward(images)["out"] - actual.Forward(images)["out"]).mean([0, 2, 3]).abs().max().item<float>();
    }
}
