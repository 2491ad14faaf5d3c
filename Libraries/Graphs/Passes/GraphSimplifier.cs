using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Passes;

/// <summary>The usual sets of passes.</summary>
public static class GraphSimplifier
{
    /// <summary>
    /// What an imported graph goes through before quantizers are placed: constants folded, activations in one form, nothing superfluous.
    /// Batch normalization stays live for training.
    /// </summary>
    public static IReadOnlyList<PassRecord> Simplify(Graph graph) =>
        Run(graph, new RemoveIdentity(), new FoldConstants(), new FuseSilu(), new FuseHardSwish(), new RemoveDeadNodes());

    /// <summary>
    /// What a graph goes through before export: simplified, batch normalization folded, through weight quantizers exactly.
    /// </summary>
    public static IReadOnlyList<PassRecord> Deploy(Graph graph) =>
        Run(
            graph,
            new RemoveIdentity(),
            new FoldConstants(),
            new FuseSilu(),
            new FuseHardSwish(),
            new FoldBatchNormalizationThroughQuantizer(),
            new FoldBatchNormalization(),
            new RemoveDeadNodes());

    // Types and shapes first: without them a cast to the type a value already has would not be seen.
    private static IReadOnlyList<PassRecord> Run(Graph graph, params IReadOnlyList<IGraphPass> passes)
    {
        ShapeInference.Apply(graph);
        return new PassPipeline(passes).Run(graph);
    }
}
