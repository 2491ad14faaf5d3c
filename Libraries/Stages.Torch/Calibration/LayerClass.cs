using QatPipeline.Graphs.Costs;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Kinds of layers that suffer from quantization alike.</summary>
internal static class LayerClass
{
    /// <summary><c>head</c> where no other layer follows, else <c>depthwise</c>, <c>pointwise</c> or <c>dense</c>.</summary>
    /// <param name="graph">With shapes.</param>
    /// <param name="layer">Name of a convolution or matrix product.</param>
    public static string Of(Graph graph, string layer)
    {
        var node = graph.Nodes.First(candidate => candidate.Name == layer);
        return IsLast(graph, node) ? "head"
            : LayerWork.IsDepthwise(graph, node) ? "depthwise"
            : node.Is("Conv") && graph.Initializers.TryGetValue(node.Inputs[1], out var weight)
                && weight.Dimensions.Skip(2).All(size => size == 1) ? "pointwise"
            : "dense";
    }

    private static bool IsLast(Graph graph, Node layer)
    {
        var links = graph.Link();
        var seen = new HashSet<Node>();
        var pending = new Stack<Node>([layer]);
        while (pending.TryPop(out var node))
        {
            foreach (var (reader, _) in node.Outputs.SelectMany(links.ConsumersOf))
            {
                if (reader.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul")
                {
                    return false;
                }

                if (seen.Add(reader))
                {
                    pending.Push(reader);
                }
            }
        }

        return true;
    }
}
