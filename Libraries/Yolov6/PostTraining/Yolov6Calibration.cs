using QatPipeline.Graphs;
using QatPipeline.Graphs.Inference.Rules;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.PostTraining;

/// <summary>Post-training quantization of a YOLOv6 as the tutorial runs it (reference 5).</summary>
public static class Yolov6Calibration
{
    /// <summary>A copy of the float graph with placed and calibrated quantizers.</summary>
    /// <param name="graph">The float network with live batch normalization; it is not changed.</param>
    /// <param name="options">What to place, how to calibrate.</param>
    /// <param name="batches">Images as the options want them; read no further than needed.</param>
    /// <param name="device">Where the network runs.</param>
    /// <param name="progress">Receives the number of images seen.</param>
    /// <param name="cancellationToken">Ends between two batches.</param>
    /// <exception cref="CalibrationException">No images, or an activation is not a number.</exception>
    public static async Task<Graph> CalibrateAsync(
        Graph graph,
        Yolov6CalibrationOptions options,
        IAsyncEnumerable<PixelBatch> batches,
        TorchSharp.torch.Device? device = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var placed = graph.Clone();
        TargetRegistry.TensorRt.Place(
            placed, options.Placement with { SkipNodes = [.. options.Placement.SkipNodes, .. options.SensitiveLayers] });
        using var calibrator = new Calibrator(placed, device: device);
        var count = options.Batches + (options.ReadsOneBatchMore ? 1 : 0);
        await calibrator.CollectAsync(batches.Take(count), progress, cancellationToken);
        var calibrated = calibrator.Calibrate(options.Method);
        return options.RoundsToHalf ? RoundToHalf(calibrated) : calibrated;
    }

    /// <summary>The graph as it is after being stored in half precision: weights, running statistics and ranges (reference 5.2).</summary>
    public static Graph RoundToHalf(Graph graph)
    {
        var rounded = graph.Clone();
        foreach (var (name, _) in Yolov6Weights.Expected(graph))
        {
            var tensor = graph.Initializers[name];
            rounded.Initializers[name] = Tensor.FromFloats(tensor.Dimensions, Array.ConvertAll(tensor.ToFloats(), Round));
        }

        foreach (var quantizer in rounded.Quantizers)
        {
            quantizer.Ranges = [.. quantizer.Ranges.Select(range => new QuantizationRange(Round(range.Low), Round(range.High)))];
        }

        return rounded;

        static float Round(float value) => (float)(Half)value;
    }
}
