using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Gives the float graph back: QuantizeLinear and DequantizeLinear nodes and the graph's quantizers go, stored int8 weights become float.
/// <code>x ─ Q ─ DQ ─ Conv ─ y   →   x ─ Conv ─ y</code>
/// The numbers change by what the quantization cost. Pairs that <see cref="LiftQuantizers"/> cannot lift stay.
/// </summary>
public sealed class RemoveQuantizers : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = new LiftQuantizers().Apply(graph) || graph.Quantizers.Count > 0;
        graph.Quantizers.Clear();
        return new RemoveIdentity().Apply(graph) || changed;
    }
}
