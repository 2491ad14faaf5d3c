namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// Gives graph outputs that a layer computes a node of their own, so that a quantizer can stand between the layer and the output.
/// <code>Conv → y (output)      becomes      Conv → y_detached → Identity → y (output)</code>
/// </summary>
internal static class DetachedOutputs
{
    private const string Suffix = "_detached";

    public static void Detach(Graph graph, PlacementOptions options, Func<PlacementContext, Node, bool> isLayer)
    {
        var context = new PlacementContext(graph, options);
        foreach (var output in graph.Outputs)
        {
            if (LayerOf(context, output.Name, isLayer) is not { } layer || context.IsSkipped(layer))
            {
                continue;
            }

            var inner = output.Name + Suffix;
            foreach (var node in graph.Nodes)
            {
                Rename(node.Inputs, output.Name, inner);
                Rename(node.Outputs, output.Name, inner);
            }

            graph.Values[inner] = output with { Name = inner };
            graph.Nodes.Add(new Node(inner, "Identity", [inner], [output.Name]));
        }
    }

    /// <summary>The graph output's name, where the value is one that was detached from it.</summary>
    public static string OriginalName(string value) => value.EndsWith(Suffix, StringComparison.Ordinal) ? value[..^Suffix.Length] : value;

    private static Node? LayerOf(PlacementContext context, string value, Func<PlacementContext, Node, bool> isLayer)
    {
        var producer = context.Links.ProducerOf(value);
        while (producer is not null
            && (OperatorRoles.IsBatchNormalization(producer) || OperatorRoles.IsClampAtZero(context.Graph, producer)))
        {
            producer = context.Links.ProducerOf(producer.Inputs[0]);
        }

        return producer is not null && isLayer(context, producer) ? producer : null;
    }

    private static void Rename(List<string> names, string from, string to)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (names[index] == from)
            {
                names[index] = to;
            }
        }
    }
}
