using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Replaces what follows from constants and known shapes by initializers, and Constant nodes as well. Shapes may be partly dynamic.
/// <code>
/// x [batch,85,20,20] ─ Shape ─ Gather(1) ─ Concat(0, ·, −1) ─┐        x ─┐
/// x ─────────────────────────────────────────────── Reshape ─┘   →   [0, 85, −1] ─ Reshape
/// </code>
/// Nodes with quantized inputs, and QuantizeLinear and DequantizeLinear themselves, stay.
/// </summary>
public sealed class FoldConstants : IGraphPass
{
    private const long LargestConstant = 1 << 26;

    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var analysis = new ValueAnalysis(graph, LargestConstant);
        var links = graph.Link();
        var folded = new HashSet<Node>();
        foreach (var node in graph.Nodes)
        {
            string[] outputs = [.. node.Outputs.Where(output => output.Length > 0)];
            if (outputs.Length > 0 && outputs.All(output => analysis.Constants.ContainsKey(output) && !links.IsGraphOutput(output)))
            {
                folded.Add(node);
            }
        }

        // Only what remains visible is stored: a chain's inner values are not.
        var remaining = graph.Nodes.Where(node => !folded.Contains(node));
        var needed = remaining.SelectMany(node => node.Inputs.Concat(node.CapturedValues)).ToHashSet(StringComparer.Ordinal);
        foreach (var output in folded.SelectMany(node => node.Outputs).Where(needed.Contains))
        {
            graph.Initializers[output] = analysis.Constants[output];
        }

        graph.RemoveNodes(folded);
        return FixTargets(graph, analysis) || folded.Count > 0;
    }

    /// <summary>
    /// Gives every Reshape whose computed target has at most one dimension that is neither known nor copied a constant target.
    /// </summary>
    private static bool FixTargets(Graph graph, ValueAnalysis analysis)
    {
        var changed = false;
        var computed = graph.Nodes.Where(
            node => node.Is("Reshape") && node.Inputs.Count == 2 && !graph.Initializers.ContainsKey(node.Inputs[1]));
        foreach (var node in computed.ToArray())
        {
            var input = analysis.Find(node.Inputs[0])?.Shape;
            if (analysis.IntegersOf(node.Inputs[1]) is { } target
                && ConstantTarget(target, input, node.Int("allowzero", 0) != 0) is { } constant)
            {
                node.Inputs[1] = graph.AddConstant($"{node.Outputs[0]}.shape", Tensor.FromLongs([constant.Length], constant));
                changed = true;
            }
        }

        return changed;
    }

    private static long[]? ConstantTarget(IReadOnlyList<Dimension> target, IReadOnlyList<Dimension>? input, bool allowZero)
    {
        var result = new long[target.Count];
        for (var axis = 0; axis < result.Length; axis++)
        {
            var isCopy = !allowZero && input is not null && axis < input.Count && target[axis] != default && target[axis] == input[axis];
            result[axis] = target[axis].Value ?? (isCopy ? 0 : -1);
        }

        return result.Count(dimension => dimension < 0) <= 1 ? result : null;
    }
}
