using QatPipeline.Graphs.Model;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Torch.Tests.Support;

namespace QatPipeline.Torch.Tests.PostTraining;

public sealed class CalibratorTests
{
    [Fact]
    public void Calibrate_Max_IsTheLargestMagnitudeOfTheFloatNetwork()
    {
        var graph = UncalibratedChain();
        using var calibrator = new Calibrator(graph, device: torch.CPU);
        foreach (var batch in SmallDetectors.Batches(3, 4))
        {
            calibrator.Collect(batch);
        }

        var calibrated = calibrator.Calibrate(CalibrationMethod.Max);

        var largest = SmallDetectors.Batches(3, 4).Max(batch => Largest(graph, batch, "relu0"));
        Assert.Equal(largest, calibrated.Quantizers.Single(quantizer => quantizer.Name == "conv1.input").Ranges[0].High);
        Assert.All(calibrated.Quantizers, quantizer => Assert.True(quantizer.IsCalibrated));
        Assert.All(graph.Quantizers.Where(quantizer => !quantizer.IsWeight), quantizer => Assert.False(quantizer.IsCalibrated));
    }

    [Fact]
    public void Calibrate_AllMethods_FromOnePass()
    {
        using var calibrator = new Calibrator(UncalibratedChain(), device: torch.CPU);
        calibrator.Collect(SmallDetectors.Batches(1, 8)[0]);

        var bounds = CalibrationMethods.All.Select(method => calibrator.Calibrate(method).Quantizers[2].Ranges[0].High).ToArray();

        Assert.All(bounds, bound => Assert.InRange(bound, 0.1f, bounds[0] * 1.001f));
        Assert.True(bounds.Distinct().Count() > 2);
    }

    [Fact]
    public void SaveAndLoad_Midway_GivesTheUnbrokenRanges()
    {
        var batches = SmallDetectors.Batches(4, 2);
        using var unbroken = new Calibrator(UncalibratedChain(), device: torch.CPU);
        batches.ForEach(unbroken.Collect);

        using var first = new Calibrator(UncalibratedChain(), device: torch.CPU);
        batches.Take(2).ToList().ForEach(first.Collect);
        using var stream = new MemoryStream();
        first.Save(new BinaryWriter(stream));
        stream.Position = 0;
        using var second = new Calibrator(UncalibratedChain(), device: torch.CPU);
        second.Load(new BinaryReader(stream));
        batches.Skip(2).ToList().ForEach(second.Collect);

        Assert.Equal(unbroken.Images, second.Images);
        Assert.Equal(Ranges(unbroken.Calibrate(CalibrationMethod.Entropy)), Ranges(second.Calibrate(CalibrationMethod.Entropy)));
    }

    [Fact]
    public void Calibrator_WithoutQuantizers_SaysSo() =>
        Assert.Contains(
            "place quantizers", Assert.Throws<TorchExecutionException>(() => new Calibrator(SmallDetectors.ConvChain())).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Collect_NaNInWeights_NamesTheTensor()
    {
        var graph = UncalibratedChain();
        graph.Initializers["conv0.weight"] = GraphTensor.FromFloats([8, 3, 3, 3], Enumerable.Repeat(float.NaN, 216).ToArray());
        using var calibrator = new Calibrator(graph, device: torch.CPU);

        var error = Assert.Throws<CalibrationException>(() => calibrator.Collect(SmallDetectors.Batches(1, 1)[0]));

        Assert.Contains("conv1.input", error.Message, StringComparison.Ordinal);
    }

    private static Graph UncalibratedChain()
    {
        var graph = SmallDetectors.ConvChain();
        SmallDetectors.AddQuantizers(graph);
        graph.Quantizers.ForEach(quantizer => quantizer.Ranges = quantizer.IsWeight ? quantizer.Ranges : []);
        return graph;
    }

    private static float Largest(Graph graph, PixelBatch batch, string value)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new TorchNetwork(graph, torch.CPU);
        return network.Forward(batch.ToTensor(torch.CPU), [value])[value].abs().max().item<float>();
    }

    private static IEnumerable<QuantizationRange> Ranges(Graph graph) => graph.Quantizers.SelectMany(quantizer => quantizer.Ranges);
}
