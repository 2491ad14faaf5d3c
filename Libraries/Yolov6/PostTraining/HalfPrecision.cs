using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Yolov6.PostTraining;

/// <summary>What storing a calibrated network in half precision does to it.</summary>
public static class HalfPrecision
{
    /// <summary>A copy of the graph with weights, running statistics and ranges rounded to half precision (reference 5.2).</summary>
    public static Graph Round(Graph graph)
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
    }

    private static float Round(float value) => (float)(Half)value;
}
