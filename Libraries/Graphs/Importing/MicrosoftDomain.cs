using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Importing;

/// <summary>ONNX Runtime's own QuantizeLinear and DequantizeLinear, which are the standard's with more types.</summary>
internal static class MicrosoftDomain
{
    public const string Name = "com.microsoft";

    /// <summary>Makes them the standard's.</summary>
    public static void Standardize(Graph graph)
    {
        foreach (var node in graph.Nodes.FindAll(node =>
            node.Domain == Name && node.OpType is "QuantizeLinear" or "DequantizeLinear"))
        {
            var standard = new Node(node.Name, node.OpType, node.Inputs, node.Outputs) { Attributes = node.Attributes };
            OperatorTable.CheckArity(standard);
            graph.ReplaceNode(node, standard);
        }

        if (!graph.Nodes.Exists(node => node.Domain == Name))
        {
            graph.OpsetImports.Remove(Name);
        }
    }
}
