namespace QatPipeline.Graphs;

/// <summary>The usual sets of passes.</summary>
public static class GraphSimplifier
{
    /// <summary>
    /// What an imported graph goes through before quantizers are placed: constants folded, activations in one form, nothing superfluous.
    /// Batch normalization stays live for training.
    /// </summary>
    public static IReadOnlyList<PassRecord> Simplify(Graph graph) =>
        new PassPipeline(new RemoveIdentity(), new FoldConstants(), new FuseSilu(), new FuseHardSwish(), new RemoveDeadNodes()).Run(graph);

    /// <summary>What a graph goes through before export: simplified, batch normalization folded, through weight quantizers exactly.</summary>
    public static IReadOnlyList<PassRecord> Deploy(Graph graph) =>
        new PassPipeline(
            new RemoveIdentity(),
            new FoldConstants(),
            new FuseSilu(),
            new FuseHardSwish(),
            new FoldBatchNormalizationThroughQuantizer(),
            new FoldBatchNormalization(),
            new RemoveDeadNodes()).Run(graph);
}
