namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Brings sigmoid and SiLU written out in arithmetic into one form.
/// <code>
/// 1 / (1 + exp(−x))   →   Sigmoid(x)
/// x / (1 + exp(−x))   →   Mul(x, Sigmoid(x))
/// Mul(Sigmoid(x), x)  →   Mul(x, Sigmoid(x))
/// </code>
/// </summary>
public sealed class FuseSilu : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in new PatternMatching(graph).Nodes("Div", "Reciprocal", "Mul"))
        {
            var matching = new PatternMatching(graph);
            changed |= node.OpType == "Mul" ? OrderOperands(matching, node) : FuseLogistic(graph, matching, node);
        }

        return changed;
    }

    private static bool OrderOperands(PatternMatching matching, Node node)
    {
        if (ActivationPatterns.Match(node, matching.Links) is not { Kind: ActivationKind.Silu } match || node.Inputs[0] == match.Input)
        {
            return false;
        }

        node.Inputs.Reverse();
        return true;
    }

    private static bool FuseLogistic(Graph graph, PatternMatching matching, Node node)
    {
        var denominator = node.Input(node.OpType == "Div" ? 1 : 0);
        if (matching.Inner(denominator, "Add") is not { } add
            || !matching.HasOperand(add, 1, out var exponential)
            || matching.Inner(exponential, "Exp") is not { } exp
            || matching.Inner(exp.Input(0), "Neg") is not { } neg)
        {
            return false;
        }

        var input = neg.Inputs[0];
        if (node.OpType == "Reciprocal" || matching.IsScalar(node.Input(0), 1))
        {
            matching.Replace(node, [neg, exp, add], new Node(node.Name, "Sigmoid", [input], node.Outputs));
            return true;
        }

        if (node.Input(0) != input)
        {
            return false;
        }

        var gate = new Node(
            graph.UniqueNode($"{node.Name}.sigmoid"), "Sigmoid", [input], [graph.UniqueValue($"{node.Outputs[0]}.sigmoid")]);
        matching.Replace(node, [neg, exp, add], gate, new Node(node.Name, "Mul", [input, gate.Outputs[0]], node.Outputs));
        return true;
    }
}
