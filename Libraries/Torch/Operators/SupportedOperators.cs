namespace QatPipeline.Torch.Operators;

/// <summary>The operators that a model may have to be calibrated and trained.</summary>
public static class SupportedOperators
{
    /// <summary>Their names in the ONNX standard, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OperatorRegistry.Names.Order(StringComparer.Ordinal)];

    /// <summary>What a graph has beyond them, in alphabetical order; <see cref="Node.QualifiedOperator"/>.</summary>
    public static IReadOnlyList<string> MissingOf(Graph graph) =>
    [
        .. graph.Nodes.Where(node => !OperatorRegistry.Has(node)).Select(node => node.QualifiedOperator)
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Refuses a graph before anything is computed with it.</summary>
    /// <exception cref="TorchExecutionException">It has operators beyond them; the message names all with a node of each.</exception>
    public static void Require(Graph graph)
    {
        Node[] missing = [.. graph.Nodes.Where(node => !OperatorRegistry.Has(node)).DistinctBy(node => node.QualifiedOperator)];
        if (missing.Length > 0)
        {
            var listed = string.Join(", ", missing.Select(node => $"{node.QualifiedOperator} (node '{node.Name}')"));
            var advice = Array.Exists(missing, node => node.OpType is "If" or "Loop" or "Scan")
                ? " Bodies of If, Loop and Scan are not looked into: export the model with fixed shapes, which makes them unnecessary, or "
                    + "without its post-processing."
                : "";
            throw new TorchExecutionException(
                $"The model has operators that cannot be calibrated or trained here: {listed}. Export it without them, or write them in "
                + $"operators of the list in docs/operators.md.{advice}");
        }
    }
}
