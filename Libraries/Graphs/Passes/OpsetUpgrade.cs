using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Passes;

/// <summary>Brings a graph of opset 11 or 12 to 13, the first with quantization per channel.</summary>
internal static class OpsetUpgrade
{
    private const int PerAxis = 13;

    /// <summary>Changes the graph in place; nothing happens from opset 13 on.</summary>
    /// <exception cref="GraphException">
    /// The opset is older than 11, or an operator's old meaning has no equivalent that is certain.
    /// </exception>
    public static void Apply(Graph graph)
    {
        if (graph.Opset >= PerAxis)
        {
            return;
        }

        if (graph.Opset < OnnxReader.OldestQuantizedOpset)
        {
            throw new GraphException(
                $"Opset {graph.Opset} cannot quantize weights per channel: export the model with opset {PerAxis} or later.");
        }

        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            switch (node.OpType)
            {
                case "Squeeze" or "Unsqueeze" or "ReduceSum":
                    AttributeToInput(graph, node, "axes");
                    break;
                case "Split":
                    AttributeToInput(graph, node, "split");
                    break;
                case "Softmax" or "LogSoftmax" or "Hardmax":
                    CheckLastAxis(graph, node);
                    break;
                default:
                    break;
            }
        }

        graph.Opset = PerAxis;
    }

    private static void AttributeToInput(Graph graph, Node node, string name)
    {
        if (node.Ints(name) is { } values)
        {
            node.Attributes.Remove(name);
            node.Inputs.Add(graph.AddConstant($"{node.Name}.{name}", Tensor.FromLongs([values.Count], [.. values])));
        }
    }

    /// <summary>
    /// Before opset 13 everything from the axis on was normalised together, since then only the axis: the same for the last one.
    /// </summary>
    private static void CheckLastAxis(Graph graph, Node node)
    {
        var axis = node.Int("axis", 1);
        if (axis != -1 && axis != graph.FindValue(node.Inputs[0])?.Shape?.Count - 1)
        {
            throw new GraphException(
                $"{node} of opset {graph.Opset} normalises several axes at once: export the model with opset {PerAxis} or later.");
        }

        node.Attributes["axis"] = -1L;
    }
}
