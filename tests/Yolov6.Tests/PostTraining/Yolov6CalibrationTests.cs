using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.PostTraining;
using TorchSharp;

namespace QatPipeline.Yolov6.Tests.PostTraining;

public class Yolov6CalibrationTests
{
    private static readonly Graph Float = Yolov6Network.Build(SmallNetwork.Options).Graph;

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 5)]
    public async Task The_strict_profile_reads_one_batch_more_and_rounds_to_half(bool strict, int expectedBatches)
    {
        var read = 0;
        var options = strict ? Yolov6CalibrationOptions.Strict : new Yolov6CalibrationOptions();
        var calibrated = await Yolov6Calibration.CalibrateAsync(
            Float, options, Batches(() => read++), torch.CPU, null, TestContext.Current.CancellationToken);
        Assert.Equal(expectedBatches, read);
        Assert.All(calibrated.Quantizers, quantizer => Assert.True(quantizer.IsCalibrated));
        Assert.Equal(
            strict, calibrated.Quantizers.SelectMany(quantizer => quantizer.Ranges).All(range => range.High == (float)(Half)range.High));
        Assert.Equal(strict, calibrated.Initializers["backbone.stem.conv.weight"].ToFloats().All(value => value == (float)(Half)value));
        Assert.Equal(8f, calibrated.Initializers["decode.strides"].ToFloats()[0]);
        Assert.Equal(
            strict ? QuantizationScheme.SignedSymmetric : QuantizationScheme.SignedNarrow,
            calibrated.Quantizers.First(quantizer => quantizer.IsWeight).Scheme);
    }

    [Fact]
    public async Task Sensitive_layers_stay_float()
    {
        Assert.Equal(15, Yolov6CalibrationOptions.SensitiveHead.Count);
        var options = new Yolov6CalibrationOptions { Batches = 1, Method = CalibrationMethod.Max };
        var all = await Yolov6Calibration.CalibrateAsync(
            Float, options, Batches(() => { }), torch.CPU, null, TestContext.Current.CancellationToken);
        var partial = await Yolov6Calibration.CalibrateAsync(
            Float,
            options with { SensitiveLayers = Yolov6CalibrationOptions.SensitiveHead },
            Batches(() => { }),
            torch.CPU,
            null,
            TestContext.Current.CancellationToken);
        Assert.Equal(15, all.Quantizers.Count(quantizer => quantizer.IsWeight) - partial.Quantizers.Count(quantizer => quantizer.IsWeight));
        Assert.DoesNotContain(partial.Quantizers, quantizer => quantizer.Name.StartsWith("detect.", StringComparison.Ordinal));
    }

    [Fact]
    public void Folding_gives_the_size_of_the_fused_network()
    {
        var graph = Yolov6Network.Build(Yolov6Options.N).Graph;
        new PassPipeline(new FoldBatchNormalization()).Run(graph);
        Assert.Equal(4_317_212, NetworkCost.Parameters(graph));
    }

    private static async IAsyncEnumerable<PixelBatch> Batches(Action read)
    {
        for (var i = 0UL; i < 10; i++)
        {
            read();
            yield return new PixelBatch(new WeightRandom(i).Uniform(2 * 3 * 64 * 64, 0, 1), 2, 3, 64, 64);
            await Task.Yield();
        }
    }
}
