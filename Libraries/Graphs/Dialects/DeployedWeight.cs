using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Placement;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Dialects;

/// <summary>The integer weight a runtime computes with: codes, and one scale per tensor or per index of the axis.</summary>
internal sealed record DeployedWeight(Tensor Codes, float[] Scales, int? Axis)
{
    /// <summary>Null where the layer's weight is not quantized.</summary>
    public static DeployedWeight? Of(DialectModel model, Node layer, Quantizer simulated) =>
        model.Cache is null ? OfPair(model.Graph, layer) : DerivedByBuilder(model.Graph, layer, simulated);

    private static DeployedWeight? OfPair(Graph graph, Node layer)
    {
        var links = graph.Link();
        if (layer.Input(1) is not { } value
            || links.ProducerOf(value) is not { OpType: "DequantizeLinear" } dequantize
            || QuantizeParameters.Of(graph, links, dequantize) is not { } parameters)
        {
            return null;
        }

        if (graph.Initializers.TryGetValue(dequantize.Inputs[0], out var codes))
        {
            return new(codes, parameters.Scales, parameters.Axis);
        }

        var quantize = links.ProducerOf(dequantize.Inputs[0])!;
        return new(
            WeightCodes.Quantize(graph.Initializers[quantize.Inputs[0]], ToQuantizer(parameters)), parameters.Scales, parameters.Axis);
    }

    /// <summary>TensorRT's implicit quantization: max|w|/127 per channel of the simulated axis.</summary>
    private static DeployedWeight? DerivedByBuilder(Graph graph, Node layer, Quantizer simulated)
    {
        if (layer.Input(1) is not { } value || !graph.Initializers.TryGetValue(value, out var weight))
        {
            return null;
        }

        var axis = simulated.Axis ?? 0;
        var quantizer = new Quantizer(simulated.Name, QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = axis,
            Ranges = WeightRanges.Of(weight, axis),
        };
        return new(WeightCodes.Quantize(weight, quantizer), Array.ConvertAll(quantizer.Parameters(), parameter => parameter.Scale), axis);
    }

    private static Quantizer ToQuantizer(QuantizeParameters parameters)
    {
        var (scheme, ranges) = parameters.ToRanges(isNarrow: false);
        return new Quantizer("", scheme) { IsWeight = true, Axis = parameters.Axis, Ranges = ranges };
    }
}
