using QatPipeline.Graphs.Model;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.PostTraining;

namespace QatPipeline.Torch.Tests.Support;

/// <summary>A calibrated network whose activations have 32 levels or so: there is something to win by training.</summary>
internal static class CoarseDetector
{
    public static Graph Create(bool withBatchNorm = false)
    {
        var graph = SmallDetectors.ConvChain(withBatchNorm);
        SmallDetectors.AddQuantizers(graph);
        using var calibrator = new Calibrator(graph, device: torch.CPU);
        calibrator.Collect(SmallDetectors.Batches(1, 8)[0]);
        var calibrated = calibrator.Calibrate(CalibrationMethod.Max);
        foreach (var quantizer in calibrated.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(quantizer.Ranges[0].Low, quantizer.Ranges[0].High * 8)];
        }

        return calibrated;
    }
}
