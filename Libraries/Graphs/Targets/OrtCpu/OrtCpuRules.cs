using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// ONNX Runtime's rules: an operator runs on integers when all its data inputs and its output are quantized, so both sides of every
/// operator with an integer kernel get a quantizer, one a tensor, read by all its consumers.
/// </summary>
internal static class OrtCpuRules
{
    public static void Place(PlacementContext context)
    {
        var nonNegative = new NonNegativity(context.Graph, context.Options.InputsAreNonNegative);
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in context.Graph.Nodes.Where(node => !context.IsSkipped(node)))
        {
            if (IntegerOperators.IsLayer(context, node))
            {
                context.AddWeight(node);
                values.UnionWith(Boundary(context, node));
            }
            else if (context.Region.Contains(node) && IntegerOperators.IsUnweighted(context, node))
            {
                values.UnionWith(Boundary(context, node));
            }
        }

        foreach (var value in ValuesInOrder(context.Graph).Where(values.Contains))
        {
            var scheme = nonNegative.Contains(value) ? QuantizationScheme.UnsignedNonNegative
                : context.Links.SoleConsumerOf(value) is { } reader && reader.Is("HardSwish") ? QuantizationScheme.UnsignedHardSwish
                : QuantizationScheme.UnsignedAffine;
            var uses = context.Links.ConsumersOf(value).Select(consumer => new QuantizerUse(consumer.Node.Name, consumer.Input));
            context.AddActivation(NameOf(context, value), scheme, uses);
        }
    }

    private static IEnumerable<string> Boundary(PlacementContext context, Node node) =>
        OperatorRoles.DataInputs(node).Select(index => node.Inputs[index])
            .Concat(node.Outputs.Where(output => output.Length > 0).Select(output => EffectiveOutput(context.Graph, context.Links, output)))
            .Where(value => context.IsActivation(value) && context.Links.ConsumersOf(value).Count > 0);

    /// <summary>The value after what the layer absorbs: batch normalization, then one clamp at zero.</summary>
    internal static string EffectiveOutput(Graph graph, GraphLinks links, string value)
    {
        if (links.SoleConsumerOf(value) is { } normalization && OperatorRoles.IsBatchNormalization(normalization))
        {
            value = normalization.Outputs[0];
        }

        return links.SoleConsumerOf(value) is { } clamp && OperatorRoles.IsClampAtZero(graph, clamp) ? clamp.Outputs[0] : value;
    }

    private static IEnumerable<string> ValuesInOrder(Graph graph) =>
        graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Outputs)).Where(value => value.Length > 0);

    private static string NameOf(PlacementContext context, string value)
    {
        var layer = context.Links
            .ConsumersOf(value)
            .FirstOrDefault(consumer => consumer.Input == 0 && IntegerOperators.IsLayer(context, consumer.Node)).Node;
        return layer is not null ? $"{context.HostName(layer)}._input_quantizer"
            : context.Links.ProducerOf(value) is { } producer ? $"{context.HostName(producer)}._output_quantizer"
            : $"{value}._quantizer";
    }
}
