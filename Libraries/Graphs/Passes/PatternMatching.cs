namespace QatPipeline.Graphs.Passes;

/// <summary>Questions that patterns of several nodes ask: who feeds this, which operand is the constant.</summary>
internal sealed class PatternMatching(Graph graph)
{
    private readonly HashSet<string> _quantized = graph.QuantizedNodes();

    public GraphLinks Links { get; } = graph.Link();

    /// <summary>Nodes of an operator whose inputs carry no quantizer: a pattern must not swallow one.</summary>
    public IEnumerable<Node> Nodes(params string[] operators) =>
        graph.Nodes.Where(node => operators.Any(node.Is) && !_quantized.Contains(node.Name)).ToArray();

    /// <summary>The node that computes the value for one consumer only, if it is of the operator.</summary>
    public Node? Inner(string? value, string operatorName) =>
        value is not null
        && Links.ProducerOf(value) is { } node
        && node.Is(operatorName)
        && Links.SoleConsumerOf(value) is not null
        && !_quantized.Contains(node.Name)
            ? node
            : null;

    /// <summary>A node whose one operand is the scalar constant, and its other operand.</summary>
    public bool HasOperand(Node? node, float constant, out string other)
    {
        for (var index = 0; index < 2 && node is { Inputs.Count: 2 }; index++)
        {
            if (IsScalar(node.Input(index), constant))
            {
                other = node.Inputs[1 - index];
                return true;
            }
        }

        other = "";
        return false;
    }

    /// <summary>True for a constant of one element close to the number: exporters write 1/6 in several ways.</summary>
    public bool IsScalar(string? value, float constant) =>
        graph.FindConstant(Links, value) is { Length: 1 } tensor
            && tensor.Type.IsFloatingPoint()
            && MathF.Abs(tensor.ToFloats()[0] - constant) <= 1e-6f;

    /// <summary>Replaces the pattern's last node, keeping its output's name, and removes the inner ones.</summary>
    public void Replace(Node last, IReadOnlyList<Node> inner, params ReadOnlySpan<Node> replacements)
    {
        graph.ReplaceNode(last, replacements);
        graph.RemoveNodes([.. inner]);
    }
}
