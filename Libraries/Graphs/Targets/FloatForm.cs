using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets;

/// <summary>The float graph as it is deployed, the baseline: no quantizers, batch normalization folded.</summary>
public static class FloatForm
{
    /// <summary>The form's name.</summary>
    public const string Name = "float";

    /// <summary>A plain ONNX graph; Q/DQ nodes of other tools are taken out.</summary>
    /// <param name="graph">Float or quantized; not changed.</param>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static TargetModel Build(Graph graph)
    {
        var source = graph.Clone();
        ForeignQuantizers.Lift(source);
        QuantizerPlacement.Remove(source);
        GraphSimplifier.Deploy(source);
        return new(Name, source, Target: null);
    }
}
