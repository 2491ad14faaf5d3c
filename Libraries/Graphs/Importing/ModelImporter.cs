using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Importing;

/// <summary>
/// Reads the models of other tools and brings them into the vocabulary that everything behind expects: 32-bit floats, opset 14 or later,
/// the standard's QuantizeLinear and DequantizeLinear with scales that are numbers greater than 0. What had to be changed for it stands in
/// <see cref="Graph.Remarks"/>.
/// </summary>
public static class ModelImporter
{
    /// <summary>Reads a file, and the external data files beside it.</summary>
    /// <exception cref="GraphException">The file is not a well-formed model, or one of a kind that cannot be worked with.</exception>
    public static Graph Read(string path)
    {
        var graph = OnnxReader.Read(path);
        try
        {
            Apply(graph);
        }
        catch (GraphException exception)
        {
            throw new GraphException($"{path}: {exception.Message}", exception);
        }

        return graph;
    }

    /// <summary>Does the same to a graph that was read as it is.</summary>
    /// <exception cref="GraphException">The model is of a kind that cannot be worked with; the message says what to do.</exception>
    public static void Apply(Graph graph)
    {
        if (WidenHalfPrecision.Apply(graph))
        {
            graph.Remarks.Add("The model's 16-bit floats became 32-bit ones, its inputs and outputs too: 8-bit codes are made of those.");
        }

        foreach (var node in graph.Nodes.Where(HasBody))
        {
            graph.Remarks.Add($"The bodies of {node} stay as they are: what is in them is neither quantized nor looked at.");
        }

        if (FindSuppression(graph) is { } suppression)
        {
            graph.Remarks.Add(
                $"The model suppresses overlapping detections itself ({suppression}): it is quantized up to there, and what follows stays "
                + "float.");
        }

        MicrosoftDomain.Standardize(graph);
        ScaleChecks.Require(graph);
        QuantizationKinds.RequireStatic(graph);
        var opset = graph.Opset;
        OpsetUpgrade.Apply(graph);
        if (graph.Opset != opset)
        {
            graph.Remarks.Add($"The model was brought from opset {opset} to {graph.Opset}.");
        }
    }

    /// <summary>The first node that makes or takes 8-bit codes; null for a float model.</summary>
    public static Node? FindQuantized(Graph graph) => graph.Nodes.Find(
        node => node.Is("QuantizeLinear") || node.Is("DequantizeLinear") || QOperatorForm.IsQOperator(node));

    /// <summary>The first node that suppresses overlapping detections; null where that is left to what comes after the model.</summary>
    public static Node? FindSuppression(Graph graph) => graph.Nodes.Find(OperatorRoles.IsSuppression);

    private static bool HasBody(Node node) => node.Attributes.Values.OfType<OpaqueAttribute>().Any(body => body.Operators.Count > 0);
}
