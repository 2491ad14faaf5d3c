namespace QatPipeline.Graphs.Costs;

/// <summary>What one kernel is estimated to cost.</summary>
/// <param name="Node">The node in the deployed graph.</param>
/// <param name="Class">The kind of kernel, which has rates of its own.</param>
/// <param name="Work">What it has to do.</param>
/// <param name="Milliseconds">Estimated time of one run.</param>
public sealed record NodeCost(string Node, CostClass Class, KernelWork Work, double Milliseconds);

/// <summary>What a graph is estimated to cost.</summary>
/// <param name="Milliseconds">The sum over its kernels.</param>
/// <param name="Nodes">The kernels, in execution order; nodes that cost nothing are left out.</param>
public sealed record CostEstimate(double Milliseconds, IReadOnlyList<NodeCost> Nodes);
