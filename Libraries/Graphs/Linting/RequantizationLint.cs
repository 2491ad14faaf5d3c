using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Linting;

/// <summary>Tensors whose codes are converted from one scale to another, which costs a pass over memory and some precision.</summary>
internal static class RequantizationLint
{
    private const string Code = "requantized";

    public static IEnumerable<LintFinding> Findings(Graph graph, GraphLinks links)
    {
        foreach (var value in graph.Inputs
            .Select(input => input.Name)
            .Concat(graph.Nodes.SelectMany(node => node.Outputs))
            .Where(value => value.Length > 0))
        {
            var quantizers = links.ConsumersOf(value).Select(reader => reader.Node).Where(reader => reader.Is("QuantizeLinear")).ToArray();
            if (quantizers.Select(quantizer => QuantizeParameters.Of(graph, links, quantizer)).Distinct().Count() > 1)
            {
                yield return new(
                    LintSeverity.Warning,
                    Code,
                    [.. quantizers.Select(quantizer => quantizer.Name)],
                    $"Tensor '{value}' is quantized with several scales, once for each of its readers.",
                    "Give the tensor one scale: put its quantizers into one group.");
            }
            else if (links.ProducerOf(value) is { } producer && producer.Is("DequantizeLinear") && quantizers.Length > 0
                && !Equals(QuantizeParameters.Of(graph, links, producer), QuantizeParameters.Of(graph, links, quantizers[0])))
            {
                yield return new(
                    LintSeverity.Warning,
                    Code,
                    [producer.Name, quantizers[0].Name],
                    $"Tensor '{value}' is dequantized and quantized again with another scale.",
                    "Keep one of the two pairs, or give both one scale.");
            }
        }

        foreach (var concat in graph.Nodes.Where(node => node.Is("Concat")))
        {
            var scales = concat.Inputs.Select(input => links.ProducerOf(input)).OfType<Node>().Where(node => node.Is("DequantizeLinear"))
                .Concat(links.ConsumersOf(concat.Outputs[0]).Select(reader => reader.Node).Where(node => node.Is("QuantizeLinear")))
                .Select(node => QuantizeParameters.Of(graph, links, node))
                .Distinct()
                .ToArray();
            if (scales.Length > 1)
            {
                // Different zero points keep the signs apart, without which a clamp before the concatenation would not fuse.
                yield return new(
                    scales.Select(scale => scale?.ZeroPoints[0]).Distinct().Count() > 1 ? LintSeverity.Info : LintSeverity.Warning,
                    Code,
                    [concat.Name],
                    $"{concat} joins tensors of different scales: their codes are converted one by one.",
                    "Give the inputs and the output of the concatenation one scale: put their quantizers into one group.");
            }
        }
    }
}
