using System.Globalization;
using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Importing;

/// <summary>
/// Scales that are no scales: zero, negative, infinite, NaN or too large for codes, as calibration gone wrong leaves them.
/// </summary>
public static class ScaleChecks
{
    private const int Shown = 3;

    /// <exception cref="GraphException">There are some; the message names the first of them with node and value.</exception>
    public static void Require(Graph graph)
    {
        var broken = Find(graph).ToArray();
        if (broken.Length > 0)
        {
            throw new GraphException(
                $"{string.Join("; ", broken.Take(Shown))}{(broken.Length > Shown ? $"; and {broken.Length - Shown} more" : "")}. A scale "
                + "is a finite number greater than 0, and so is the largest code times it: calibrate the model again; pictures that cannot "
                + "be read or layers that overflow in 16 bits are what such scales come from.");
        }
    }

    /// <summary>One sentence for every node with such a scale.</summary>
    private static IEnumerable<string> Find(Graph graph)
    {
        var links = graph.Link();
        foreach (var node in graph.Nodes)
        {
            foreach (var input in ScaleInputs(node))
            {
                if (graph.FindConstant(links, node.Input(input)) is { } scale
                    && scale.Type.IsFloatingPoint()
                    && Array.FindIndex(scale.ToFloats(), value => !QuantizeParameters.IsScale(value)) is >= 0 and var index)
                {
                    var channel = scale.Length > 1 ? $" for channel {index}" : "";
                    yield return $"{node} has the scale {scale.ToFloats()[index].ToString(CultureInfo.InvariantCulture)}{channel}";
                }
            }
        }
    }

    private static IEnumerable<int> ScaleInputs(Node node) =>
        node.Domain is "" or MicrosoftDomain.Name && node.OpType is "QuantizeLinear" or "DequantizeLinear"
            ? [1]
            : QOperatorForm.Of(node)?.ScaleInputs(node) ?? [];
}
