using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// Weights of other tools with unsigned codes or a zero point, for targets that compute with signed symmetric ones: shifted where the zero
/// point is in the middle, which is exact, else quantized anew from their real values, with a scale for each output channel.
/// </summary>
internal static class SignedWeights
{
    private const int Middle = 128;

    public static void Apply(Graph graph, PlacementOptions options)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        List<string> anew = [];
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsWeight && !quantizer.Scheme.IsSigned()))
        {
            var (layer, input) = (nodes[quantizer.Uses[0].Node], quantizer.Uses[0].Input);
            var weight = graph.Initializers[layer.Inputs[input]];
            var parameters = quantizer.Parameters();
            if (Array.TrueForAll(parameters, parameter => parameter.ZeroPoint == Middle))
            {
                (quantizer.Scheme, quantizer.Ranges) = (QuantizationScheme.SignedSymmetric, [.. parameters.Select(
                    parameter => QuantizeParameters.SymmetricRange(parameter.Scale))]);
                continue;
            }

            var isLayer = input == 1 && OperatorRoles.IsWeighted(graph, layer);
            quantizer.Axis = isLayer ? options.WeightAxis(layer) : quantizer.Axis;
            (quantizer.Scheme, quantizer.Ranges) = (QuantizationScheme.SignedNarrow, WeightRanges.Of(weight, quantizer.Axis));
            anew.Add(layer.Name);
        }

        if (anew.Count > 0)
        {
            graph.Remarks.Add(
                $"Weights with a zero point were quantized anew to signed codes without one, a scale for each channel ({anew.Count}: "
                + $"{string.Join(", ", anew.Take(3))}{(anew.Count > 3 ? ", …" : "")}).");
        }
    }
}
