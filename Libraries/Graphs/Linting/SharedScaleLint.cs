using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Linting;

/// <summary>Probabilities that are quantized in steps made for other values, boxes in pixels: little or nothing is left of them.</summary>
internal static class SharedScaleLint
{
    // Fewer steps than this between 0 and 1 rank no detections any more.
    private const int FewestSteps = 16;

    public static IEnumerable<LintFinding> Findings(Graph graph, GraphLinks links)
    {
        var decoding = new Decoding(graph, links);
        foreach (var quantize in graph.Nodes.Where(node => node.Is("QuantizeLinear")))
        {
            var value = quantize.Inputs[0];
            var join = JoinBefore(links, decoding, value);
            if ((join is null && !decoding.IsProbability(value))
                || QuantizeParameters.Of(graph, links, quantize) is not { Axis: null } parameters
                || parameters.Scales[0] * FewestSteps <= 1)
            {
                continue;
            }

            yield return new(
                LintSeverity.Error,
                "probabilities-lost",
                [quantize.Name, .. join is null ? (string[])[] : [join.Name]],
                (join is null ? $"'{value}' holds probabilities, and is" : $"{join} joins probabilities with other values, and they are")
                    + FormattableString.Invariant($" quantized in steps of {parameters.Scales[0]:g3}: every probability below ")
                    + FormattableString.Invariant($"{Math.Min(1, parameters.Scales[0] / 2):g3} becomes 0, and detections are lost."),
                "Quantize the branches before the join, each with a scale of its own, and leave the join and what follows it float "
                    + "(nodes_to_exclude in ONNX Runtime's quantize_static), or quantize the float model with `qat run`, which does so.");
        }
    }

    /// <summary>The join that the value comes from, over operators that only move values; null where there is none.</summary>
    private static Node? JoinBefore(GraphLinks links, Decoding decoding, string value)
    {
        var producer = links.ProducerOf(value);
        while (producer is not null && !decoding.IsJoin(producer))
        {
            producer = OperatorRoles.KeepsValues(producer) && !producer.Is("Concat") ? links.ProducerOf(producer.Inputs[0]) : null;
        }

        return producer;
    }
}
