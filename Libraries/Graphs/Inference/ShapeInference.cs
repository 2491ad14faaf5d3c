using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference;

/// <summary>
/// Infers element types and shapes of every value, with named unknown dimensions (a dynamic batch) carried along, also through the
/// Shape–Gather–Concat–Reshape chains that exporters write.
/// </summary>
public static class ShapeInference
{
    // Shape arithmetic works on a handful of numbers; larger constants are for FoldConstants to compute.
    internal const long LargestShapeConstant = 1024;

    /// <summary>
    /// Fills <see cref="Graph.Values"/> and completes the outputs' shapes. What the file says is kept where nothing better is known:
    /// behind operators without a rule, values stay as they were declared.
    /// </summary>
    /// <exception cref="GraphException">
    /// The graph is not well-formed, or a node's inputs do not fit together; the message names the node.
    /// </exception>
    public static void Apply(Graph graph)
    {
        GraphOrder.Sort(graph);
        var analysis = new ValueAnalysis(graph, LargestShapeConstant);
        var outputs = graph.Outputs
            .Select(output => analysis.Find(output.Name) is { } known ? known with { Name = output.Name } : output)
            .ToArray();
        foreach (var value in graph.Nodes
            .SelectMany(node => node.Outputs)
            .Where(name => name.Length > 0)
            .Select(analysis.Find)
            .OfType<ValueInfo>())
        {
            graph.Values[value.Name] = Dimensions.WithoutPlaceholders(value);
        }

        graph.Outputs.Clear();
        graph.Outputs.AddRange(outputs.Select(Dimensions.WithoutPlaceholders));
    }
}
