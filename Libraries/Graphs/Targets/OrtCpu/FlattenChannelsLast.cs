using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Puts the channels of a detector's levels last before they are joined, not after. Integer kernels have them there already, and the
/// runtime takes out transpositions that meet each other, but not across a Reshape.
/// <code>
/// [B,C,H,W] → Reshape [B,C,HW] ─┐
///                               Concat [B,C,A] → Transpose [B,A,C]
/// becomes
/// [B,C,H,W] → Transpose [B,H,W,C] → Reshape [B,HW,C] ─ Concat [B,A,C]
/// </code>
/// </summary>
internal sealed class FlattenChannelsLast : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var transpose in graph.Nodes.FindAll(node => node.Is("Transpose") && node.Ints("perm") is [0, 2, 1]))
        {
            var links = graph.Link();
            if (links.ProducerOf(transpose.Inputs[0]) is { } concat
                && concat.Is("Concat")
                && concat.Int("axis", 0) is 2 or -1
                && links.SoleConsumerOf(concat.Outputs[0]) == transpose
                && concat.Inputs.Select(input => FlattenedFrom(graph, links, input)).ToArray() is var levels
                && Array.TrueForAll(levels, level => level is not null))
            {
                Array.ForEach(levels, level => PutLast(graph, level!.Reshape, level.Shape));
                graph.Values.Remove(concat.Outputs[0]);
                graph.Nodes.Remove(transpose);
                (concat.Attributes["axis"], concat.Outputs[0]) = (1L, transpose.Outputs[0]);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>The Reshape that makes [B,C,H,W] the value, and [B,HW,C] as it takes shapes.</summary>
    private static Level? FlattenedFrom(Graph graph, GraphLinks links, string value) =>
        links.ProducerOf(value) is { } reshape
        && reshape.Is("Reshape")
        && reshape.Int("allowzero", 0) == 0
        && links.SoleConsumerOf(value) is not null
        && graph.FindConstant(links, reshape.Inputs[1])?.ToLongs() is [var batch, var channels, var positions]
        && graph.FindValue(reshape.Inputs[0])?.Shape is [var first, var second, var height, var width]
        && (batch == 0 || batch == first.Value)
        && (channels == 0 || channels == second.Value)
        && (positions == -1 || positions == height.Value * width.Value)
        && second.Value is { } known
            ? new Level(reshape, [batch, positions, known])
            : null;

    private static void PutLast(Graph graph, Node reshape, long[] shape)
    {
        var value = graph.UniqueValue($"{reshape.Outputs[0]}.channels_last");
        var transpose = new Node(graph.UniqueNode($"{reshape.Name}.channels_last"), "Transpose", [reshape.Inputs[0]], [value])
        {
            Attributes = { ["perm"] = new long[] { 0, 2, 3, 1 } },
        };
        graph.Nodes.Insert(graph.Nodes.IndexOf(reshape), transpose);
        reshape.Inputs[0] = value;
        reshape.Inputs[1] = graph.AddConstant($"{value}.shape", Tensor.FromLongs([shape.Length], shape));
        graph.Values.Remove(reshape.Outputs[0]);
    }

    private sealed record Level(Node Reshape, long[] Shape);
}
