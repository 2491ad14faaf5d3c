namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Brings hard sigmoid and hard swish written out in arithmetic into one form; before opset 14, HardSwish stays HardSigmoid and Mul.
/// <code>
/// Clip(x + 3, 0, 6) / 6             →   HardSigmoid(x, α = 1/6, β = 1/2)
/// x · Clip(x + 3, 0, 6) / 6         →   HardSwish(x)
/// x · HardSigmoid(x, 1/6, 1/2)      →   HardSwish(x)
/// </code>
/// Dividing by 6 and multiplying by 1/6 are the same to it.
/// </summary>
public sealed class FuseHardSwish : IGraphPass
{
    private const int FirstOpset = 14;

    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in new PatternMatching(graph).Nodes("Div", "Mul"))
        {
            var matching = new PatternMatching(graph);
            changed |= FuseGate(matching, node) || FuseWrittenOut(graph, matching, node) || FuseGated(graph, matching, node);
        }

        return changed;
    }

    private static bool FuseGate(PatternMatching matching, Node node)
    {
        if (!IsSixth(matching, node, out var value) || ClippedRamp(matching, value) is not var (input, inner))
        {
            return false;
        }

        matching.Replace(node, inner, Gate(node.Name, input, node.Outputs[0]));
        return true;
    }

    private static bool FuseWrittenOut(Graph graph, PatternMatching matching, Node node)
    {
        if (!IsSixth(matching, node, out var value) || matching.Inner(value, "Mul") is not { Inputs: [var first, var second] } product)
        {
            return false;
        }

        foreach (var (input, ramp) in new[] { (first, second), (second, first) })
        {
            if (ClippedRamp(matching, ramp) is var (rampInput, inner) && rampInput == input)
            {
                matching.Replace(node, [.. inner, product], HardSwish(graph, node, input));
                return true;
            }
        }

        return false;
    }

    private static bool FuseGated(Graph graph, PatternMatching matching, Node node)
    {
        if (graph.Opset < FirstOpset
            || ActivationPatterns.Match(node, matching.Links) is not { Kind: ActivationKind.HardSwish, Nodes: [var gate, _] } match)
        {
            return false;
        }

        matching.Replace(node, [gate], HardSwish(graph, node, match.Input));
        return true;
    }

    private static Node[] HardSwish(Graph graph, Node node, string input)
    {
        if (graph.Opset >= FirstOpset)
        {
            return [new Node(node.Name, "HardSwish", [input], node.Outputs)];
        }

        var gate = Gate(graph.UniqueNode($"{node.Name}.gate"), input, graph.UniqueValue($"{node.Outputs[0]}.gate"));
        return [gate, new Node(node.Name, "Mul", [input, gate.Outputs[0]], node.Outputs)];
    }

    private static Node Gate(string name, string input, string output) =>
        new(name, "HardSigmoid", [input], [output]) { Attributes = new(StringComparer.Ordinal) { ["alpha"] = 1 / 6f, ["beta"] = 0.5f } };

    private static bool IsSixth(PatternMatching matching, Node node, out string value)
    {
        value = node.Input(0) ?? "";
        return node.OpType == "Div" ? matching.IsScalar(node.Input(1), 6) : matching.HasOperand(node, 1 / 6f, out value);
    }

    /// <summary>Clip(x + 3, 0, 6): x and the two nodes.</summary>
    private static (string Input, Node[] Nodes)? ClippedRamp(PatternMatching matching, string value) =>
        matching.Inner(value, "Clip") is { } clip
        && IsBound(matching, clip, 1, "min", 0)
        && IsBound(matching, clip, 2, "max", 6)
        && matching.Inner(clip.Input(0), "Add") is { } add
        && matching.HasOperand(add, 3, out var input)
            ? (input, [add, clip])
            : null;

    private static bool IsBound(PatternMatching matching, Node clip, int input, string attribute, float bound) =>
        clip.Input(input) is { } value ? matching.IsScalar(value, bound) : clip.Float(attribute, float.NaN) == bound;
}
