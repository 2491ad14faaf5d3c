namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Removes operators that do nothing at inference: Identity, Dropout, Concat of one tensor, Transpose that keeps the order, Cast to the
/// type it already is. Names that are visible outside stay; an Identity that carries a quantizer stays too.
/// <code>x ─ Conv ─ a ─ Identity ─ y   →   x ─ Conv ─ y</code>
/// </summary>
public sealed class RemoveIdentity : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var quantized = graph.QuantizedNodes();
        var links = graph.Link();
        var changed = false;
        foreach (var node in graph.Nodes
            .Where(node => node.Input(0) is not null && node.Domain.Length == 0 && !quantized.Contains(node.Name))
            .ToArray())
        {
            if (DoesNothing(graph, links, node))
            {
                changed |= graph.TryBypass(node, node.Inputs[0]);
            }
        }

        return changed;
    }

    private static bool DoesNothing(Graph graph, GraphLinks links, Node node) => node.OpType switch
    {
        "Identity" => true,
        "Dropout" => !HasConsumedOutput(links, node, 1) && !IsTraining(graph, links, node),
        "Concat" => node.Inputs.Count == 1,
        "Transpose" =>
            node.Ints("perm") is { } permutation
                && permutation.SequenceEqual(Enumerable.Range(0, permutation.Count).Select(axis => (long)axis)),
        "Cast" =>
            graph.FindValue(node.Inputs[0]) is { } value && value.Type != ElementType.Undefined && (long)value.Type == node.Int("to", 0),
        _ => false,
    };

    private static bool IsTraining(Graph graph, GraphLinks links, Node dropout) =>
        dropout.Input(2) is { } flag && !(graph.FindConstant(links, flag) is { Length: 1 } tensor && tensor.Bytes[0] == 0);

    private static bool HasConsumedOutput(GraphLinks links, Node node, int output) =>
        output < node.Outputs.Count && node.Outputs[output].Length > 0
        && (links.IsPinned(node.Outputs[output]) || links.ConsumersOf(node.Outputs[output]).Count > 0);
}
