using System.Globalization;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Dialects;

/// <summary>
/// The activation half of <see cref="EqualityCertificate"/>: scale and zero point of every quantized node input, bit for bit.
/// </summary>
internal static class ActivationComparison
{
    /// <returns>The number of inputs compared.</returns>
    public static int Compare(Graph simulated, DialectModel model, List<CertificateDifference> differences)
    {
        var nodes = simulated.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var deployed = model.Cache is null ? Pairs(model.Graph) : null;
        var cache = model.Cache?.Entries.ToDictionary(entry => entry.Tensor, entry => entry.Scale, StringComparer.Ordinal);
        var count = 0;
        foreach (var quantizer in simulated.Quantizers.Where(quantizer => quantizer is { IsEnabled: true, IsWeight: false }))
        {
            var expected = quantizer.Parameters()[0];
            foreach (var use in quantizer.Uses)
            {
                count++;
                var tensor = nodes[use.Node].Inputs[use.Input];
                (float Scale, int ZeroPoint)? found = deployed is not null
                    ? deployed.TryGetValue((use.Node, use.Input), out var pair) ? pair : ForOutput(deployed, nodes[use.Node])
                    : cache!.TryGetValue(tensor, out var scale) ? (scale, 0) : null;
                if (found is not { } actual)
                {
                    differences.Add(new(quantizer.Name, tensor, $"input {use.Input} of '{use.Node}' is not quantized"));
                }
                else if (actual.Scale != expected.Scale || actual.ZeroPoint != expected.ZeroPoint)
                {
                    differences.Add(new(quantizer.Name, tensor, string.Create(
                        CultureInfo.InvariantCulture,
                        $"scale {expected.Scale:R}, zero point {expected.ZeroPoint} simulated; "
                        + $"{actual.Scale:R}, {actual.ZeroPoint} deployed")));
                }
            }
        }

        return count;
    }

    /// <summary>Scale and zero point by node input; graph outputs stand under the empty node's name and their own.</summary>
    private static Dictionary<(string Node, int Input), (float Scale, int ZeroPoint)> Pairs(Graph graph)
    {
        var links = graph.Link();
        var pairs = new Dictionary<(string, int), (float, int)>();
        foreach (var dequantize in graph.Nodes.Where(node => node.Is("DequantizeLinear")))
        {
            if (QuantizeParameters.Of(graph, links, dequantize) is not { Axis: null } parameters
                || links.ProducerOf(dequantize.Inputs[0]) is not { } quantize
                || !parameters.Equals(QuantizeParameters.Of(graph, links, quantize)))
            {
                continue;
            }

            var value = (parameters.Scales[0], parameters.ZeroPoints[0]);
            foreach (var (reader, input) in links.ConsumersOf(dequantize.Outputs[0]))
            {
                pairs[(reader.Name, input)] = value;
            }

            if (links.IsGraphOutput(dequantize.Outputs[0]))
            {
                pairs[(dequantize.Outputs[0], -1)] = value;
            }
        }

        return pairs;
    }

    /// <summary>The Identity before a quantized graph output is gone in the dialect: the pair gives the output itself.</summary>
    private static (float Scale, int ZeroPoint)? ForOutput(
        Dictionary<(string Node, int Input), (float Scale, int ZeroPoint)> deployed, Node node) =>
        node.Is("Identity") && deployed.TryGetValue((node.Outputs[0], -1), out var pair) ? pair : null;
}
