using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets;

/// <summary>The integer weight a runtime computes with: codes, and one scale per tensor or per index of the axis.</summary>
internal sealed record DeployedWeight(Tensor Codes, float[] Scales, int? Axis)
{
    /// <summary>The weight behind a layer's DequantizeLinear; null where there is none.</summary>
    public static DeployedWeight? OfPair(Graph graph, Node layer)
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

    private static Quantizer ToQuantizer(QuantizeParameters parameters)
    {
        var (scheme, ranges) = parameters.ToRanges(isNarrow: false);
        return new Quantizer("", scheme) { IsWeight = true, Axis = parameters.Axis, Ranges = ranges };
    }
}
